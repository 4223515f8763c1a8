import type { Device } from '../device.ts';
import type { Ddm, Enforcement, InstallState, UpdateWords } from './ddm.ts';

/** The status items `softwareupdate.*` of this moment. */
export function updateWords(device: Device, { enforcement, failure }: Ddm): UpdateWords {
  return {
    ...(enforcement ? enforced(device, enforcement) : byCommand(device)),
    'softwareupdate.failure-reason': failure
      ? { count: failure.count, reason: failure.reason, timestamp: new Date(failure.at).toISOString() }
      : { count: 0 },
  };
}

const enforced = ({ update }: Device, { state, declaration, version, build, local }: Enforcement): UpdateWords => ({
  'softwareupdate.install-state': state,
  'softwareupdate.install-reason': { reason: ['declaration'], 'declaration-id': declaration.identifier },
  'softwareupdate.pending-version': {
    'os-version': version,
    'build-version': update?.release.supplement?.build ?? update?.release.build ?? build ?? '',
    'target-local-date-time': local,
  },
});

const byCommand = ({ update }: Device): UpdateWords => ({
  'softwareupdate.install-state': stateOf(update),
  'softwareupdate.install-reason': { reason: update ? ['mdm'] : [] },
  'softwareupdate.pending-version': {
    'os-version': update?.release.version ?? '',
    'build-version': update?.release.build ?? '',
  },
});

function stateOf(update: Device['update']): InstallState {
  if (!update) return 'none';
  if (update.state === 'downloading') return 'downloading';
  return update.state === 'downloaded' ? 'prepared' : 'installing';
}
