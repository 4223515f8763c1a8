import { derivedUuid, deviceObserved, MAX_EVENT_BYTES, message, splitBySize } from '@lamplighter/contracts';
import type { ItemOf, Message } from '@lamplighter/contracts';
import type { Report } from './report.ts';

type Observed = ItemOf<typeof deviceObserved>;

/** What these reports tell the others: one message a tenant, or as few as its size allows. */
export function observedMessages(reports: readonly Report[], at: Date): Message<Observed>[] {
  return [...Map.groupBy(reports, (report) => report.tenant)].flatMap(([tenant, ofTenant]) =>
    splitBySize(ofTenant.flatMap(observed), MAX_EVENT_BYTES).map((items) => {
      const cause = items.flatMap((item) => [item.deviceId, item.reportId]);
      const id = derivedUuid('device.observed', tenant, ...cause);
      return message(deviceObserved, { id, tenant, at }, items);
    }),
  );
}

function observed({ deviceId, reportId, commandId, at, observation, also, traceparent }: Report): Observed[] {
  const head = {
    deviceId,
    at: at.toISOString(),
    ...(commandId === undefined ? {} : { commandId }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  return [
    { ...head, reportId, observation },
    ...(also === undefined ? [] : [{ ...head, reportId: derivedUuid(reportId, also.kind), observation: also }]),
  ];
}
