import { osOf } from '../device.ts';
import type { Device, World } from '../device.ts';
import { newDdm } from './ddm.ts';
import type { Ddm } from './ddm.ts';
import { nextFullReportAt } from './status-items.ts';
import { tokenIn } from './talk.ts';

/**
 * What a DeclarativeManagement command does: it enables declarative management where there is none yet, and says that declarations
 * changed. The channel syncs by itself once its session is over.
 */
export function enable(
  device: Device,
  world: World,
  { ddm, channel }: { ddm: Ddm | undefined; channel: Ddm['channel'] },
  data: unknown,
): Ddm {
  const enabled = ddm ?? { ...newDdm(osOf(device), channel), fullReportAt: nextFullReportAt(device, world) };
  enabled.announced = Buffer.isBuffer(data) ? tokenIn(data) : undefined;
  enabled.syncAt = world.now();
  return enabled;
}
