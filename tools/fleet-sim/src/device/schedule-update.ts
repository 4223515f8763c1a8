import { seededRandom, pick } from '../random.ts';
import { isMajorUpdate } from './catalog.ts';
import type { Release } from './catalog.ts';
import type { Device, Scheduled, World } from './device.ts';
import { mdmError, scheduleErrors } from './error-chain.ts';
import { findRelease, productKey, startDownload, startInstall } from './os-update.ts';
import { isAsleep, staysDownloaded } from './quirks.ts';
import { strikes } from './strikes.ts';

const MOBILE_ACTIONS = ['Default', 'DownloadOnly', 'InstallASAP'];
const MAC_ACTIONS = [...MOBILE_ACTIONS, 'NotifyOnly', 'InstallLater', 'InstallForceRestart'];
const NOW = ['InstallASAP', 'InstallForceRestart'];

interface Step {
  readonly outcome: Scheduled['outcome'];
  /** UpdateResults' InstallAction and Status. */
  readonly action: string;
  readonly status: string;
  readonly error?: number;
}

const refused = (error: number, status = 'Idle'): Step => ({ outcome: 'refused', action: 'Error', status, error });
const again = (error: number, status: string): Step => ({ outcome: 'again', action: 'Error', status, error });

function install(device: Device, world: World): Step {
  if (strikes(device, 'noPower')) return refused(12061, 'InstallInsufficientPower');
  startInstall(device, world, device.update!, world.now());
  return { outcome: 'install', action: 'InstallASAP', status: 'Installing' };
}

function onMac(device: Device, world: World, release: Release, action: string): Step {
  if (isMajorUpdate(device.version, release.version) && action !== 'InstallASAP') return refused(12008);
  if (strikes(device, 'noDisk')) return refused(12060, 'InstallInsufficientSpace');
  if (NOW.includes(action) && strikes(device, 'noPower')) return refused(12061, 'InstallInsufficientPower');
  startDownload(device, world, release, { installs: NOW.includes(action) });
  const status = isAsleep(device) ? 'Installing' : 'Downloading';
  return { outcome: 'download', action: action === 'Default' ? 'DownloadOnly' : action, status };
}

/** The first of the two steps: nothing but a download can begin. */
function onMobile(device: Device, world: World, release: Release, action: string): Step {
  if (action === 'InstallASAP') return refused(12059);
  if (strikes(device, 'noDisk')) return refused(12054, 'DownloadInsufficientSpace');
  startDownload(device, world, release, { installs: false });
  return { outcome: 'download', action: 'DownloadOnly', status: 'Downloading' };
}

function step(device: Device, world: World, release: Release, action: string): Step {
  const isMac = device.model.platform === 'macOS';
  if (!(isMac ? MAC_ACTIONS : MOBILE_ACTIONS).includes(action)) return refused(12008);
  const running = device.update;
  if (!running) return isMac ? onMac(device, world, release, action) : onMobile(device, world, release, action);
  if (running.state === 'downloading') return again(12051, 'Downloading');
  if (running.state === 'downloaded') {
    if (action === 'DownloadOnly') return again(12052, 'Idle');
    return staysDownloaded(device) ? { outcome: 'again', action, status: 'Idle' } : install(device, world);
  }
  return again(12058, 'Installing');
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Executes ScheduleOSUpdate: what happened, and the answer's fields (with Status). */
export function scheduleUpdate(
  device: Device,
  world: World,
  updates: unknown,
): Pick<Scheduled, 'outcome' | 'action' | 'productKey'> & { answer: Record<string, unknown> } {
  const first: unknown = Array.isArray(updates) ? updates[0] : undefined;
  const wanted = (typeof first === 'object' && first !== null ? first : {}) as Record<string, unknown>;
  const action = text(wanted['InstallAction']) ?? 'Default';
  const key = text(wanted['ProductKey']);
  const asked = key ?? text(wanted['ProductVersion']) ?? '';
  if (strikes(device, 'errorChain')) {
    const random = seededRandom(world.seed, 'error', device.index);
    const chain = pick(random, scheduleErrors(device.model.platform === 'macOS'));
    return { outcome: 'error', action, productKey: asked, answer: { Status: 'Error', ErrorChain: chain } };
  }
  const release = findRelease(device, world, { key, version: text(wanted['ProductVersion']) });
  const done = release ? step(device, world, release, action) : refused(12048);
  const result = {
    ProductKey: release ? productKey(device, release) : asked,
    InstallAction: done.action,
    Status: done.status,
    ...(done.error === undefined ? {} : { ErrorChain: mdmError(done.error) }),
  };
  return {
    outcome: done.outcome,
    action,
    productKey: result.ProductKey,
    answer: { Status: 'Acknowledged', UpdateResults: [result] },
  };
}
