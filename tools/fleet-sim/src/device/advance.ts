import { between, seededRandom } from '../random.ts';
import type { Ddm } from './ddm/ddm.ts';
import { changesAt, follow, step } from './ddm/enforcement.ts';
import { isObject, textsIn } from './ddm/declaration.ts';
import { shared } from './ddm/shared-names.ts';
import { BY_ITSELF, standingsOf } from './ddm/status-items.ts';
import { SUBSCRIPTIONS } from './ddm/standing.ts';
import { updateWords } from './ddm/update-words.ts';
import { osOf } from './device.ts';
import type { Device, World } from './device.ts';
import { advanceUpdate, updateChangesAt } from './os-update.ts';

/** What an update went through while its device could not report; the oldest is forgotten first. */
const MAX_UNTOLD = 16;

/** Brings a device up to `world.now()`: its update, and what its declarations make it do by itself. */
export function advance(device: Device, world: World): void {
  const before = device.update?.state;
  advanceUpdate(device, world);
  const { ddm } = device;
  if (!ddm || device.phase !== 'enrolled') return;
  for (;;) {
    const at = step(device, world, ddm);
    if (at !== undefined) {
      tell(device, world, ddm, at);
      advanceUpdate(device, world);
    } else if (ddm.version !== osOf(device)) {
      putIntoEffect(device, world, ddm);
    } else break;
  }
  if (!ddm.enforcement && device.update?.state !== before) tell(device, world, ddm, world.now());
}

/** When `advance` has something to do next; Infinity for never. */
export function nextChangeAt(device: Device): number {
  return Math.min(updateChangesAt(device), changesAt(device.ddm?.enforcement));
}

/** Judges all declarations anew: after a sync, and when what they ask of the device has changed. */
export function putIntoEffect(device: Device, world: World, ddm: Ddm): void {
  ddm.version = osOf(device);
  const active = standingsOf(device, ddm).filter((one) => one.active);
  const names = active
    .filter(({ declaration }) => declaration.type === SUBSCRIPTIONS)
    .flatMap(({ declaration }) => namesIn(declaration.payload['StatusItems']));
  ddm.subscribed = shared([...new Set(names)].filter((name) => !BY_ITSELF.includes(name)));
  if (follow(device, world, ddm, active)) tell(device, world, ddm, world.now());
  else reportSoon(device, world, ddm, world.now());
}

function tell(device: Device, world: World, ddm: Ddm, at: number): void {
  ddm.untold.push(updateWords(device, ddm));
  if (ddm.untold.length > MAX_UNTOLD) ddm.untold.shift();
  reportSoon(device, world, ddm, at);
}

function reportSoon(device: Device, world: World, ddm: Ddm, at: number): void {
  const random = seededRandom(world.seed, 'report', device.index, at);
  ddm.reportAt = Math.min(ddm.reportAt, at + between(random, ...world.mix.settings.statusReportMs));
}

const namesIn = (items: unknown): string[] =>
  textsIn(Array.isArray(items) ? items.map((item) => (isObject(item) ? item['Name'] : undefined)) : []);
