const WIDTH = 120;

/** A value as a TypeScript literal: on one line where it fits (`used` columns of which are taken), else one line for each entry. */
export function literalOf(value: unknown, indent: string, used: number): string {
  const short = oneLine(value);
  if (used + short.length < WIDTH || typeof value !== 'object' || value === null) return short;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((member) => `${inner}${literalOf(member, inner, inner.length)},\n`).join('')}${indent}]`;
  }
  return `{\n${Object.entries(value)
    .map((entry) => entryOf(entry, inner))
    .join('')}${indent}}`;
}

/** One line, or several, of an object literal. */
export function entryOf([name, value]: readonly [string, unknown], indent: string): string {
  const before = `${indent}${nameOf(name)}: `;
  return `${before}${literalOf(value, indent, before.length)},\n`;
}

/** A name as it stands before a colon. */
export function nameOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : textOf(name);
}

/** A text as a literal. */
export function textOf(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

function oneLine(value: unknown): string {
  if (typeof value === 'string') return textOf(value);
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([name, entry]) => `${nameOf(name)}: ${oneLine(entry)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
