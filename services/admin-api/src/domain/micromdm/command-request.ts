import { AppError, DeviceId } from '@lamplighter/contracts';
import { type CommandBody, commandBodyOf, commandIdOf, invalid } from '../command-body.ts';
import { translate } from './fields.ts';
import { requestTypes } from './request-types.ts';

export interface CommandRequest extends CommandBody {
  deviceId: string;
  /** Absent where the caller left it to the server. */
  commandId: string | undefined;
  /** The command as MicroMDM repeats it. */
  echo: Readonly<Record<string, unknown>>;
}

/** The body of MicroMDM's `POST /v1/commands`. Throws AppError that names what is wrong. */
export function readCommandRequest(body: Buffer): CommandRequest {
  const input = objectOf(body);
  const { udid, request_type: requestType, command_uuid: commandUuid } = input;
  const deviceId = DeviceId.safeParse(udid);
  if (!deviceId.success) throw invalid('the request must contain the udid of the device', 'udid');
  if (typeof requestType !== 'string' || requestType === '')
    throw invalid('the request must contain a request_type', 'request_type');
  const fields = requestTypes.get(requestType);
  if (fields === undefined) throw unknown(requestType);
  const { plist, echo } = translate(input, fields);
  return {
    ...commandBodyOf({ RequestType: requestType, ...plist }),
    deviceId: deviceId.data,
    commandId: typeof commandUuid === 'string' && commandUuid.trim() !== '' ? commandIdOf(commandUuid) : undefined,
    echo: { request_type: requestType, ...echo },
  };
}

function objectOf(body: Buffer): Record<string, unknown> {
  let input: unknown;
  try {
    input = JSON.parse(body.toString('utf8'));
  } catch {
    throw invalid('the body is not JSON', '(whole)');
  }
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Record<string, unknown>;
  throw invalid('the body is not a JSON object', '(whole)');
}

function unknown(requestType: string): AppError {
  const what = `the JSON form has no request_type ${JSON.stringify(requestType.slice(0, 100))}`;
  return new AppError('command.unknown-request-type', what, {
    remedy: 'check its spelling, or send the command as a plist to /v1/commands/<udid>, which takes every request type',
    fields: [{ path: 'request_type', message: what }],
  });
}
