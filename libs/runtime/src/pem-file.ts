import { AppError } from '@lamplighter/contracts';
import { readFileSync } from 'node:fs';

/** The text of a PEM file that a setting names. Throws AppError `config.unreadable-file` that names setting and file. */
export function readPem(setting: string, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(
      setting,
      path,
      `cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})`,
      cause,
    );
  }
  if (!text.includes('-----BEGIN ')) throw unreadable(setting, path, 'is not a PEM file');
  return text;
}

function unreadable(setting: string, path: string, what: string, cause?: unknown): AppError {
  return new AppError('config.unreadable-file', `${setting}: the file ${path} ${what}`, {
    remedy: `Let ${setting} name a readable PEM file.`,
    cause,
  });
}
