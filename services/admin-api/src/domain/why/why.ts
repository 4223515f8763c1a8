import type { Why } from '@lamplighter/contracts';
import { evidenceOf } from './evidence.ts';
import { type Known, type KnownUpdate, ownUpdate } from './known.ts';
import { verdictOf } from './verdict.ts';

/** Why a device has not updated: one verdict with what it rests on. */
export function whyOf(known: Known): Why {
  const { device, now } = known;
  return {
    deviceId: device.deviceId,
    serialNumber: device.serialNumber,
    ...verdictOf(known),
    ...aboutOf(known),
    osVersion: device.osVersion,
    evidence: evidenceOf(known),
    now: now.toISOString(),
  };
}

function aboutOf(known: Known): Pick<Why, 'policy' | 'rolloutId' | 'state' | 'target'> {
  const update = ownUpdate(known);
  const outlook = known.scheduled?.outlook;
  return {
    policy: outlook ? { policyId: outlook.policyId, name: outlook.policyName, version: outlook.policyVersion } : null,
    rolloutId: update?.rolloutId ?? outlook?.rolloutId ?? null,
    state: update?.state ?? null,
    target: outlook?.target ?? aimOf(update),
  };
}

function aimOf(update: KnownUpdate | undefined): Why['target'] {
  if (!update || update.targetVersion === '') return null;
  return { version: update.targetVersion, build: update.targetBuild };
}
