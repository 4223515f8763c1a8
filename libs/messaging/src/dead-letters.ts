import type { MsgHdrs } from '@nats-io/nats-core';
import type { Delivery } from './delivery.ts';

/** On a redriven message: the one service that is to handle it. The others take it for settled. */
const ONLY = 'Lamp-Only';
const ONLY_BYTES = Buffer.from(ONLY);
/** How often a message was redriven; a letter that comes back says one more. */
export const REDRIVES = 'Lamp-Redrives';

export function isForAnother(delivery: Delivery, service: string): boolean {
  if (!delivery.mayHaveHeader(ONLY_BYTES)) return false;
  const only = delivery.headers?.get(ONLY);
  return only !== undefined && only !== '' && only !== service;
}

/** What the publisher said of the payload (its content type, …), without what the broker and this library say. */
export function keptHeaders(headers: MsgHdrs | undefined): Record<string, string> {
  const all = [...(headers ?? [])].map(([name, values]) => [name, values[0] ?? ''] as const);
  return Object.fromEntries(all.filter(([name]) => !/^(nats|lamp)-/i.test(name)));
}

/** The headers of a message that goes back to the service that could not handle it. */
export function redriveHeaders(letter: MsgHdrs): Record<string, string> {
  return {
    ...keptHeaders(letter),
    [ONLY]: letter.get('Lamp-Service'),
    [REDRIVES]: String(Number(letter.get(REDRIVES) || 0) + 1),
    'Lamp-Message-Id': letter.get('Lamp-Message-Id'),
  };
}
