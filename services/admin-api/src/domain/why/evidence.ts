import type { Evidence, Outlook } from '@lamplighter/contracts';
import { type Known, ownUpdate } from './known.ts';
import { age, iso, moment, opening } from './words.ts';

type Source = (known: Known) => (Evidence | undefined)[];

/** From the policy to the last report: what is known and when it became so. */
export function evidenceOf(known: Known): Evidence[] {
  const sources: Source[] = [enrollment, facts, policies, outlook, update, commands, contact, reports, agent, findings];
  return sources.flatMap((source) => source(known)).filter((one) => one !== undefined);
}

function item(kind: string, text: string, at: Date | string | null | undefined, id?: string): Evidence {
  const instant = typeof at === 'string' ? at : iso(at);
  return { kind, text, at: instant, ...(id === undefined ? {} : { id }) };
}

function enrollment({ enrollment: row, device }: Known): (Evidence | undefined)[] {
  if (!row) return [item('enrollment', 'never enrolled here', null)];
  if (row.status === 'left') return [item('enrollment', 'has left management', row.leftAt)];
  return [
    item('enrollment', device.enrolled ? 'enrolled' : 'enrollment not finished', row.enrolledAt),
    row.goneAt === null ? undefined : item('push', 'APNs says that its push token is no longer valid', row.goneAt),
    row.lacksBootstrapToken
      ? item('enrollment', 'says that its update needs a bootstrap token; none is in escrow', null)
      : undefined,
  ];
}

function facts({ device }: Known): Evidence[] {
  const os =
    device.osVersion === null
      ? 'an OS version that is not known'
      : `${device.osVersion} (${device.buildVersion ?? 'build not known'})`;
  const supervised =
    device.supervised === null ? 'supervision not known' : device.supervised ? 'supervised' : 'not supervised';
  return [item('facts', `${device.platform}, runs ${os}, ${supervised}`, device.factsAt)];
}

function policies({ scheduled }: Known): Evidence[] {
  if (scheduled === undefined)
    return [item('policy', 'update-scheduler does not answer: policies are not known', null)];
  const matching = scheduled.policies.filter((policy) => policy.matches);
  const told = matching.length > 0 ? matching : scheduled.policies.slice(0, 5);
  return told.map((policy) => {
    const role = policy.effective
      ? 'has the device'
      : policy.matches
        ? 'would have it, and comes after'
        : 'does not take it in';
    const text = `"${policy.name}" (version ${policy.version}, precedence ${policy.precedence}) ${role}: ${policy.text}`;
    return item('policy', text, null, policy.policyId);
  });
}

function outlook({ scheduled }: Known): (Evidence | undefined)[] {
  const told = scheduled?.outlook;
  if (!told) return [];
  return [
    told.heldBy === null
      ? undefined
      : item('hold', told.heldBy.replace('-', ' is '), null, told.rolloutId ?? told.policyId),
    item(
      'target',
      told.target === null ? 'no release fits' : `target ${told.target.version} (${told.target.build})`,
      null,
    ),
    ringItem(told),
    told.deadlineAt === null ? undefined : item('target', `deadline ${moment(told.deadlineAt)}`, told.deadlineAt),
    windowItem(told),
  ];
}

function ringItem({ ring }: Outlook): Evidence | undefined {
  if (ring === null) return undefined;
  return item(
    'ring',
    `ring "${ring.name}" is ${ring.state}${ring.opensOn === null ? '' : `, may go from ${ring.opensOn} on`}`,
    null,
  );
}

function windowItem({ window, emergency }: Outlook): Evidence {
  if (window === null) return item('window', 'no window opens within a year', null);
  if (emergency) return item('window', 'an emergency: windows are passed over', window.opensAt);
  if (window.isOpen)
    return item('window', `open, sending stops ${moment(window.stopsAt, window.zone)}`, window.opensAt);
  const shut = window.blackout
    ? `; blackout ${window.blackout.from} to ${window.blackout.to}${window.blackout.why ? ` (${window.blackout.why})` : ''}`
    : '';
  return item('window', `opens ${opening(window)}${shut}`, window.opensAt);
}

function update(known: Known): (Evidence | undefined)[] {
  const row = ownUpdate(known);
  if (!row) return [item('update', 'not planned in this rollout yet', null)];
  const { policyName, policyVersion, state, reason, targetVersion, detail } = row;
  const why = reason === null ? '' : ` (${reason})`;
  const target = targetVersion === '' ? '' : ` for ${targetVersion}`;
  const text = `${state}${why}${target}, policy "${policyName}" version ${policyVersion}${detail === null ? '' : `: ${detail}`}`;
  const wave = row.releasedAt ?? row.releaseAt;
  return [
    item('update', text, row.updatedAt, row.rolloutId),
    wave === null
      ? undefined
      : item(
          'update',
          row.releasedAt ? 'its wave was released' : `its wave is released ${moment(wave)}`,
          wave,
          row.rolloutId,
        ),
    row.commandedAt === null
      ? undefined
      : item('update', 'the device took the update command', row.commandedAt, row.rolloutId),
  ];
}

function commands({ pending }: Known): Evidence[] {
  return pending.slice(0, 5).map(({ requestType, state, waiting, createdAt, commandId }) => {
    const why = waiting === null ? state : waiting.detail;
    return item('command', `${requestType} waits: ${why}`, waiting?.since ?? createdAt, commandId);
  });
}

function contact({ device, enrollment: row, lastPush, now }: Known): (Evidence | undefined)[] {
  const seen = row?.lastSeenAt ?? null;
  const push = lastPush && `last push: ${lastPush.outcome}${lastPush.reason === null ? '' : ` (${lastPush.reason})`}`;
  return [
    push === undefined ? item('push', 'no push is known', null) : item('push', push, lastPush!.at),
    seen === null
      ? item('contact', 'it was never seen', null)
      : item('contact', `last seen ${age(seen, now)} ago`, seen),
    device.lastAnswerAt === null ? undefined : item('contact', 'last answer to a command', device.lastAnswerAt),
  ];
}

function reports({ reports: rows }: Known): Evidence[] {
  const failed = rows.find((row) => row.status === 'Error' || row.status === 'CommandFormatError');
  const told = [...new Set([rows[0], failed])].filter((row) => row !== undefined);
  return told.map(({ requestType, status, explanation, errorChain, at, reportId }) => {
    const chain = errorChain === null || errorChain === undefined ? '' : ` ${JSON.stringify(errorChain).slice(0, 500)}`;
    const text = `${requestType} answered ${status}${explanation === null ? '' : `: ${explanation}`}${chain}`;
    return item('report', text, at, reportId);
  });
}

function findings({ findings: found }: Known): Evidence[] {
  return found.map(({ text, since }) => item('finding', text, since));
}

const GB = 1e9;

function agent({ agent: said }: Known): Evidence[] {
  if (!said) return [];
  const { mdmClient, softwareUpdate, freeDiskBytes, onPower, batteryLevel, restartedAt, note } = said.facts;
  const told = [
    mdmClient === undefined ? undefined : `its MDM client is ${mdmClient}`,
    softwareUpdate === undefined ? undefined : `its software update process is ${softwareUpdate}`,
    freeDiskBytes === undefined ? undefined : `${(freeDiskBytes / GB).toFixed(1)} GB free`,
    onPower === undefined ? undefined : onPower ? 'on power' : 'on battery',
    batteryLevel === undefined ? undefined : `battery at ${Math.round(batteryLevel * 100)} %`,
    restartedAt === undefined ? undefined : `last started ${moment(restartedAt)}`,
    note === undefined ? undefined : `"${note}"`,
  ].filter((part) => part !== undefined);
  return [item('agent', `its agent says: ${told.length === 0 ? 'nothing else' : told.join(', ')}`, said.at)];
}
