import {
  AppleError,
  isDict,
  parsePlist,
  plistDictFragment,
  type PlistInput,
  type PlistValue,
} from '@lamplighter/apple';
import { AppError, CommandId } from '@lamplighter/contracts';

/** A command that may be put into queues. */
export interface CommandBody {
  requestType: string;
  /** The Command dictionary as an XML fragment. */
  command: string;
}

/**
 * A command travels in one message, which the broker limits to 1 MiB; the rest of that is for its devices. Counted as
 * JSON, in which a line break or a quotation mark of the XML takes two bytes.
 */
export const MAX_COMMAND_BYTES = 640 * 1024;

/** Throws AppError `command.invalid` where there is no RequestType, `command.too-large`. */
export function commandBodyOf(command: { readonly [key: string]: PlistInput | undefined }): CommandBody {
  const requestType = command['RequestType'];
  if (typeof requestType !== 'string' || requestType === '' || requestType.length > 100)
    throw invalid('RequestType of the Command dictionary is not a string of 1 to 100 characters', 'RequestType');
  const fragment = written(command);
  const bytes = Buffer.byteLength(JSON.stringify(fragment));
  if (bytes > MAX_COMMAND_BYTES)
    throw new AppError(
      'command.too-large',
      `the ${requestType} command has ${bytes} bytes as it would travel; ${MAX_COMMAND_BYTES} is the most`,
      { remedy: 'make it smaller, or let the device fetch what is large from a URL (a manifest, a smaller profile)' },
    );
  return { requestType, command: fragment };
}

/**
 * A whole `{Command, CommandUUID}` plist, or a Command dictionary alone.
 * Throws AppError `command.invalid` that says what is wrong and where.
 */
export function readCommandPlist(input: Buffer | string): CommandBody & { commandUuid: string | undefined } {
  const document = plistOf(input);
  if (!isDict(document)) throw invalid('the plist is not a dictionary');
  if (document['Command'] === undefined && document['RequestType'] !== undefined)
    return { ...commandBodyOf(document), commandUuid: undefined };
  const { Command: command, CommandUUID: commandUuid } = document;
  if (!isDict(command)) throw invalid('the plist has no Command dictionary', 'Command');
  if (commandUuid !== undefined && typeof commandUuid !== 'string')
    throw invalid('CommandUUID is not a string', 'CommandUUID');
  return { ...commandBodyOf(command), commandUuid };
}

/** A CommandUUID as the queue keeps it. Throws AppError `command.invalid` for what is no UUID. */
export function commandIdOf(commandUuid: string): string {
  if (CommandId.safeParse(commandUuid).success) return commandUuid.toLowerCase();
  throw new AppError(
    'command.invalid',
    `CommandUUID ${JSON.stringify(commandUuid.slice(0, 100))} is not a UUID such as 0001fa56-8b1a-4f5a-9a3e-5d6c7b8a9e01`,
    {
      remedy: 'this server keeps CommandUUIDs as UUIDs: send a new one with each command (uuidgen makes one)',
      fields: [{ path: 'CommandUUID', message: 'not a UUID' }],
    },
  );
}

export function invalid(what: string, path = 'Command'): AppError {
  return new AppError('command.invalid', `the command is not valid: ${what}`, {
    fields: [{ path, message: what }],
    remedy: 'correct it; nothing was queued',
  });
}

/** Throws AppError `command.invalid` for bytes that are no plist. */
export function plistOf(input: Buffer | string): PlistValue {
  try {
    return parsePlist(input);
  } catch (error) {
    if (error instanceof AppleError) throw invalid(`it is not an XML plist (${error.message})`, '(whole)');
    throw error;
  }
}

function written(command: { readonly [key: string]: PlistInput | undefined }): string {
  try {
    return plistDictFragment(command);
  } catch (error) {
    if (error instanceof RangeError) throw invalid(error.message);
    throw error;
  }
}
