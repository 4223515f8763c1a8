import type { CommandOrderInput } from '@lamplighter/contracts';
import { readFileSync } from 'node:fs';

import { exitCode, LampError } from '../errors.ts';

export interface OrderOptions {
  readonly file?: string;
  readonly devices?: string;
  readonly notBefore?: string;
  readonly expires?: string;
  readonly purpose?: string;
  readonly retries?: number;
  readonly push: boolean;
}

/** What is to be sent: a request type that needs no keys, or a file. Throws LampError where it is not exactly one of them. */
export function orderOf(requestType: string | undefined, options: OrderOptions): CommandOrderInput {
  const { file, notBefore, expires, purpose, retries, push } = options;
  if ((requestType === undefined) === (file === undefined))
    throw new LampError(
      'A command is either a request type or a file.',
      'Give --type SecurityInfo, or --file with a plist or JSON.',
      exitCode.usage,
    );
  return {
    ...(file === undefined ? { command: { RequestType: requestType! } } : contentOf(file)),
    ...(notBefore === undefined ? {} : { notBefore: instant(notBefore) }),
    ...(expires === undefined ? {} : { expiresAt: instant(expires) }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(retries === undefined ? {} : { retries }),
    push,
  };
}

/** Those named, then those of the file, one a line; each once. Throws LampError where there is none. */
export function devicesOf(named: readonly string[], file: string | undefined): string[] {
  const lines = file === undefined ? [] : text(file).split('\n');
  const devices = [...new Set([...named, ...lines.map((line) => line.trim())])].filter((id) => id !== '');
  if (devices.length > 0) return devices;
  throw new LampError('No device is named.', 'Name devices, or give --devices with a file of ids.', exitCode.usage);
}

/** JSON: the Command dictionary. Anything else: a plist, for the server to judge. */
function contentOf(file: string): Pick<CommandOrderInput, 'command' | 'plist'> {
  const content = text(file);
  if (!content.trimStart().startsWith('{')) return { plist: content };
  try {
    return { command: JSON.parse(content) as NonNullable<CommandOrderInput['command']> };
  } catch (error) {
    throw new LampError(`${file} is not JSON: ${(error as Error).message}`, 'Correct it, or give an XML plist.');
  }
}

function text(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new LampError(`${file} cannot be read: ${(error as Error).message}`, 'Check the path.');
  }
}

function instant(given: string): string {
  const at = new Date(given);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  throw new LampError(
    `${given} is not an instant.`,
    'Give ISO 8601 such as 2026-11-30T02:00:00Z (without a zone: the local one).',
    exitCode.usage,
  );
}
