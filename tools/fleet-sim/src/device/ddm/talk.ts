import { advance, putIntoEffect } from '../advance.ts';
import { osOf } from '../device.ts';
import type { Device, World } from '../device.ts';
import type { Reply } from '../transport.ts';
import type { Ddm } from './ddm.ts';
import { isObject, jsonIn, KINDS, LISTS, readDeclaration } from './declaration.ts';
import type { Declaration, Kind } from './declaration.ts';
import { nextFullReportAt } from './status-items.ts';
import { nextReport, noteTaken } from './status-report.ts';

export interface DdmLine {
  /** Sends a DeclarativeManagement check-in. Replies are 200, or 404 where it was asked for a declaration; else it throws. */
  ask(endpoint: string, data?: string): Promise<Reply>;
  readonly counts: { syncs: number; declarations: number; statusReports: number };
  /** Declarations that all devices share, by kind, identifier and token. */
  readonly shared: Map<string, Declaration>;
}

const MAX_SHARED = 20_000;

/** Does what is due: syncs, then reports until the server has heard everything. */
export async function talk(device: Device, world: World, ddm: Ddm, line: DdmLine): Promise<void> {
  if (ddm.syncAt <= world.now()) {
    await sync(ddm, line);
    putIntoEffect(device, world, ddm);
    line.counts.syncs += 1;
  }
  for (;;) {
    advance(device, world);
    if (ddm.version !== osOf(device)) putIntoEffect(device, world, ddm);
    const isFull = ddm.untold.length === 0 && ddm.fullReportAt <= world.now();
    const report = nextReport(device, ddm, isFull);
    if (report.body !== undefined) {
      await line.ask('status', report.body).catch((error: unknown) => {
        // The server may have it or not: what it knows is not known any more, and all is told anew.
        Object.assign(ddm, { reported: '', reportable: [] });
        throw error;
      });
      line.counts.statusReports += 1;
    }
    if (isFull) ddm.fullReportAt = nextFullReportAt(device, world);
    const hasMore = noteTaken(ddm, report) || ddm.fullReportAt <= world.now();
    if (!hasMore) break;
  }
  ddm.reportAt = Infinity;
}

/** Fetches what changed and drops what is missing, if the token is another than its own. */
async function sync(ddm: Ddm, line: DdmLine): Promise<void> {
  const announced = ddm.announced ?? tokenIn((await line.ask('tokens')).body);
  if (announced !== ddm.token || announced === '') {
    const { Declarations, DeclarationsToken } = jsonIn((await line.ask('declaration-items')).body);
    const declarations: Declaration[] = [];
    for (const kind of KINDS) {
      for (const item of itemsIn(Declarations, kind)) {
        const found = await declarationOf(ddm, line, kind, item);
        if (found) declarations.push(found);
      }
    }
    ddm.declarations = declarations;
    ddm.token = String(DeclarationsToken);
  }
  ddm.syncAt = Infinity;
}

interface Item {
  readonly Identifier: string;
  readonly ServerToken: string;
}

async function declarationOf(
  ddm: Ddm,
  line: DdmLine,
  kind: Kind,
  { Identifier, ServerToken }: Item,
): Promise<Declaration | undefined> {
  const held = ddm.declarations.find((one) => one.kind === kind && one.identifier === Identifier);
  if (held?.serverToken === ServerToken) return held;
  line.counts.declarations += 1;
  const reply = await line.ask(`declaration/${kind}/${Identifier}`);
  if (reply.status === 404) return undefined;
  const found = readDeclaration(kind, Identifier, reply.body);
  return found && share(line.shared, found);
}

function share(shared: Map<string, Declaration>, found: Declaration): Declaration {
  const key = JSON.stringify([found.kind, found.identifier, found.serverToken]);
  const known = shared.get(key);
  if (known) return known;
  if (shared.size >= MAX_SHARED) shared.clear();
  shared.set(key, found);
  return found;
}

function itemsIn(declarations: unknown, kind: Kind): Item[] {
  const items = isObject(declarations) ? declarations[LISTS[kind][0]] : undefined;
  return Array.isArray(items)
    ? items.filter(
        (item): item is Item =>
          isObject(item) && typeof item['Identifier'] === 'string' && typeof item['ServerToken'] === 'string',
      )
    : [];
}

/** DeclarationsToken of a tokens document; '' where there is none. */
export function tokenIn(body: Buffer): string {
  const { SyncTokens } = jsonIn(body);
  const token = isObject(SyncTokens) ? SyncTokens['DeclarationsToken'] : undefined;
  return typeof token === 'string' ? token : '';
}
