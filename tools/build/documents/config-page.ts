import type { Setting } from './describe.ts';

function table(settings: readonly Setting[]): string {
  const rows = settings.map((setting) => {
    const value = setting.default === undefined ? (setting.required ? 'required' : '') : `\`${setting.default}\``;
    return `| \`${setting.name}\` | ${value} | ${setting.description.replaceAll('|', String.raw`\|`)} |`;
  });
  return ['| Setting | Default | What it does |', '|---|---|---|', ...rows].join('\n');
}

/** The page of all settings. */
export function configPage(base: readonly Setting[], services: Readonly<Record<string, readonly Setting[]>>): string {
  const sections = Object.entries(services).map(([name, settings]) =>
    settings.length === 0 ? `## ${name}\n\nNone of its own.` : `## ${name}\n\n${table(settings)}`,
  );
  return `# Settings

Environment variables, parsed once at start; a service with an unusable setting says which and does not start.
Made from the services' own schemas by \`npm run generate\`.

## Every service

${table(base)}

Tracing follows OpenTelemetry's own variables: \`OTEL_EXPORTER_OTLP_ENDPOINT\` names the collector (OTLP over HTTP); without one, no spans are made.

${sections.join('\n\n')}
`;
}
