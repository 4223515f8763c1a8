import type { CommandTicket, OutputOf, pushNow } from '@lamplighter/contracts';

export type PushResult = Extract<OutputOf<typeof pushNow>, { ok: unknown }>['ok']['results'][number];

interface ApiStatus {
  push_result?: string;
  push_error?: string;
  command_error?: string;
}

/** NanoMDM's reply to enqueueing and pushing; what is undefined is absent. */
export interface ApiResult {
  status: Record<string, ApiStatus> | undefined;
  no_push: true | undefined;
  push_error: string | undefined;
  command_error: string | undefined;
  command_uuid: string | undefined;
  request_type: string | undefined;
}

export interface Done {
  tickets?: readonly CommandTicket[];
  pushes?: readonly PushResult[];
  noPush?: boolean;
  /** What failed as a whole. */
  pushError?: string;
  commandError?: string;
  commandUuid?: string;
  requestType?: string;
}

export function apiResultOf(done: Done): ApiResult {
  return {
    status: statusOf(done),
    no_push: done.noPush === true ? true : undefined,
    push_error: done.pushError,
    command_error: done.commandError,
    command_uuid: done.commandUuid,
    request_type: done.requestType,
  };
}

/** Ids of which there is nothing to say are absent; undefined where none is left. */
function statusOf({ tickets = [], pushes = [] }: Done): Record<string, ApiStatus> | undefined {
  const status = Object.create(null) as Record<string, ApiStatus>;
  for (const { deviceId, apnsId = '', ...rest } of pushes)
    status[deviceId] = rest.outcome === 'accepted' ? { push_result: apnsId } : { push_error: pushError(rest) };
  for (const { deviceId, refusal } of tickets)
    if (refusal !== undefined) status[deviceId] = { ...status[deviceId], command_error: refusal.detail };
  return Object.keys(status).length === 0 ? undefined : status;
}

/** 200 where all went well, 207 where some ids failed, 500 where all did or something failed as a whole. */
export function httpStatusOf(result: ApiResult, ids: number): 200 | 207 | 500 {
  if (result.push_error !== undefined || result.command_error !== undefined) return 500;
  const each = Object.values(result.status ?? {});
  const failed = each.filter((one) => one.push_error !== undefined || one.command_error !== undefined).length;
  if (failed === 0) return 200;
  return failed < ids ? 207 : 500;
}

const pushErrors: Readonly<Record<Exclude<PushResult['outcome'], 'accepted'>, string>> = {
  gone: 'the device is gone: no push until its next TokenUpdate',
  rejected: 'APNs refuses the push',
  failed: 'the push could not be sent; it may succeed later',
  'no-address': 'no push token: the device is not enrolled, or APNs has said that it is gone',
  'no-certificate': 'no usable push certificate for its topic',
  expired: 'the push had expired before it could be sent',
};

/** A push that was not accepted, for a person; with APNs' own reason where it gave one. */
export function pushError({ outcome, reason }: Pick<PushResult, 'outcome' | 'reason'>): string {
  const what = outcome === 'accepted' ? 'accepted' : pushErrors[outcome];
  return reason === undefined ? what : `${what} (${reason})`;
}

/** The ids of a path, in order and once each; at least one. */
export function idsOf(path: string): string[] {
  return [...new Set(path.split(',').map((id) => id.trim()))].filter((id) => id !== '');
}
