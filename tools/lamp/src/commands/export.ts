import { type Resource, ResourceKind } from '@lamplighter/contracts';
import type { Command } from 'commander';

import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { exportResources } from '../api/resource-calls.ts';
import { exitCode, LampError } from '../errors.ts';
import { yamlOf } from '../files/documents.ts';
import { print, say } from '../output.ts';
import { documented } from './common.ts';

type Options = ConnectOptions & { readonly json?: boolean };

export function registerExport(program: Command): void {
  const command = program
    .command('export')
    .summary('write groups, windows and policies as files')
    .description(
      'Writes YAML documents as lamp apply reads them: all, those of a kind, or single ones. What has its default as a whole is\n' +
        'left out. Applying what was exported changes nothing.',
    )
    .argument('[wanted...]', 'group, window or policy; or kind and name, such as policy/nightly')
    .option('--json', 'one JSON array')
    .action(exportCommand);
  documented(withConnection(command), [
    'lamp export > fleet.yaml',
    'lamp export policy/nightly window',
    'lamp export --json',
  ]);
}

async function exportCommand(wanted: string[], options: Options): Promise<void> {
  const all = await exportResources(connect(options));
  const chosen = wanted.length === 0 ? all : all.filter((one) => wanted.some((text) => isWanted(text, one)));
  const missing = wanted.find((text) => text.includes('/') && !all.some((one) => isWanted(text, one)));
  if (missing !== undefined)
    throw new LampError(`There is no ${missing}.`, 'lamp export shows all that there are.', exitCode.failed);
  if (chosen.length === 0 && options.json !== true) return say('There is nothing to export.');
  print(
    options.json === true
      ? JSON.stringify(chosen)
      : chosen
          .map((one) => `---\n${yamlOf(one)}`)
          .join('')
          .trimEnd(),
  );
}

/** Throws LampError for a kind that there is not. */
function isWanted(text: string, { kind, name }: Resource): boolean {
  const [first = '', ...rest] = text.split('/');
  const known = ResourceKind.options.find((one) => [one.toLowerCase(), plural(one)].includes(first.toLowerCase()));
  if (known === undefined)
    throw new LampError(`There is no kind ${first}.`, 'The kinds are group, window and policy.', exitCode.usage);
  return known === kind && (rest.length === 0 || rest.join('/') === name);
}

function plural(kind: ResourceKind): string {
  return kind === 'Policy' ? 'policies' : `${kind.toLowerCase()}s`;
}
