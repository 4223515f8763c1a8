import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  declarationAssign,
  declarationPut,
  declarationSetAssign,
  declarationSetChange,
  declarationWithdraw,
  type NewDeclaration,
} from '@lamplighter/contracts';
import fc from 'fast-check';
import { DdmBed } from './bed.ts';
import { SyncingDevice } from './device.ts';

const TEST = 'com.apple.configuration.management.test';
const PASSCODE = 'com.apple.configuration.passcode.settings';
const SIMPLE = 'com.apple.activation.simple';
const DEVICES = ['A', 'B', 'B:user'] as const;

/** Two contents of each: one that all devices take, one that some do not, and an activation of that one. */
const CONTENTS: Record<string, (version: number) => Omit<NewDeclaration, 'identifier'>> = {
  test: (version) => ({ type: TEST, payload: { Echo: `${version}` } }),
  code: (version) => ({ type: PASSCODE, payload: { MinimumLength: version } }),
  act: (version) => ({ type: SIMPLE, payload: { StandardConfigurations: ['code', ...(version > 0 ? ['test'] : [])] } }),
};

const identifier = fc.constantFrom('test', 'code', 'act');
const declared = fc.record({ identifier, version: fc.nat({ max: 1 }) });
const device = fc.constantFrom(...DEVICES);
const cause = fc.constantFrom('c1', 'c2');
const set = fc.constantFrom('s1', 's2');
const step = fc.oneof(
  fc.record({
    kind: fc.constant('assign' as const),
    cause,
    declarations: fc.uniqueArray(declared, { selector: (one) => one.identifier, minLength: 1 }),
    devices: fc.uniqueArray(device, { minLength: 1 }),
  }),
  fc.record({
    kind: fc.constant('withdraw' as const),
    cause,
    devices: fc.option(fc.uniqueArray(device, { minLength: 1 })),
  }),
  fc.record({ kind: fc.constant('put' as const), declared }),
  fc.record({ kind: fc.constant('member' as const), set, identifier, isMember: fc.boolean() }),
  fc.record({ kind: fc.constant('give' as const), set, device, isAssigned: fc.boolean() }),
  fc.record({ kind: fc.constant('report' as const), device, takesPasscode: fc.boolean() }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function change(of: Set<string>, member: string, isMember: boolean): void {
  if (isMember) of.add(member);
  else of.delete(member);
}

/** What devices are to have, by the words of the contract and nothing else. */
class Model {
  private readonly contents = new Map<string, number>();
  private readonly given = new Map<string, readonly string[]>();
  private readonly members = new Map<string, Set<string>>([
    ['s1', new Set()],
    ['s2', new Set()],
  ]);
  private readonly sets = new Set<string>();
  private readonly withoutPasscode = new Set<string>();

  take(done: Step): void {
    if (done.kind === 'assign') this.assign(done.cause, done.declarations, done.devices);
    else if (done.kind === 'withdraw') {
      for (const id of done.devices ?? DEVICES) this.given.delete(`${id} ${done.cause}`);
    } else if (done.kind === 'put') this.contents.set(done.declared.identifier, done.declared.version);
    else if (done.kind === 'member') {
      // What there is not cannot become a member.
      if (!done.isMember || this.contents.has(done.identifier)) {
        change(this.members.get(done.set)!, done.identifier, done.isMember);
      }
    } else if (done.kind === 'give') change(this.sets, `${done.device} ${done.set}`, done.isAssigned);
    else change(this.withoutPasscode, done.device, !done.takesPasscode);
  }

  private assign(
    name: string,
    declarations: readonly { identifier: string; version: number }[],
    devices: readonly string[],
  ): void {
    for (const one of declarations) this.contents.set(one.identifier, one.version);
    const identifiers = declarations.map((one) => one.identifier);
    for (const id of devices) this.given.set(`${id} ${name}`, identifiers);
  }

  /** By identifier, as it may be compared. */
  of(id: string): Record<string, unknown> {
    const all = new Set<string>();
    for (const name of ['c1', 'c2']) for (const one of this.given.get(`${id} ${name}`) ?? []) all.add(one);
    for (const [name, members] of this.members) {
      if (this.sets.has(`${id} ${name}`)) for (const one of members) all.add(one);
    }
    if (this.withoutPasscode.has(id) && all.delete('code')) all.delete('act');
    return Object.fromEntries([...all].toSorted().map((one) => [one, CONTENTS[one]!(this.contents.get(one)!).payload]));
  }
}

describe('any sequence of changes', () => {
  const bed = new DdmBed();
  beforeAll(() => bed.start());
  afterAll(() => bed.stop());

  async function make(done: Step, tenant: string): Promise<void> {
    const notify = true;
    const full = ({ identifier: id, version }: { identifier: string; version: number }): NewDeclaration => ({
      identifier: id,
      ...CONTENTS[id]!(version),
    });
    if (done.kind === 'assign') {
      const item = { cause: done.cause, declarations: done.declarations.map(full), devices: done.devices };
      await bed.send(declarationAssign, [item], { tenant });
    } else if (done.kind === 'withdraw') {
      const item = { cause: done.cause, ...(done.devices === null ? {} : { devices: done.devices }) };
      await bed.send(declarationWithdraw, [item], { tenant });
    } else if (done.kind === 'put') {
      await bed.requester.request(declarationPut, { tenant, declaration: full(done.declared), notify });
    } else if (done.kind === 'member') {
      const { set: name, identifier: id, isMember } = done;
      await bed.requester.request(declarationSetChange, { tenant, set: name, identifier: id, isMember, notify });
    } else if (done.kind === 'give') {
      const { set: name, device: deviceId, isAssigned } = done;
      await bed.requester.request(declarationSetAssign, { tenant, set: name, deviceId, isAssigned, notify });
    } else {
      const configurations = [TEST, ...(done.takesPasscode ? [PASSCODE] : [])];
      const payloads = { declarations: { activations: [SIMPLE], configurations }, 'status-items': [] };
      const data = JSON.stringify({
        StatusItems: { management: { 'client-capabilities': { 'supported-payloads': payloads } } },
      });
      const source = { tenant, source: 'test', certificateHash: undefined };
      await bed.sync('status', { ...source, deviceId: done.device, data, receivedAt: new Date().toISOString() });
    }
  }

  it('changes the token of a device if and only if its content changes, tells those alone, and converges on devices', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (steps) => {
        const tenant = `run-${(run += 1)}`;
        const source = { tenant, source: 'test', certificateHash: undefined };
        const model = new Model();
        const devices = DEVICES.map((id) => ({ id, real: new SyncingDevice(bed, id, source) }));
        for (const { real } of devices) await real.sync();
        for (const done of steps) {
          const before = devices.map(({ id, real }) => ({ token: real.token, content: JSON.stringify(model.of(id)) }));
          const toldBefore = (await bed.told()).length;
          await make(done, tenant);
          model.take(done);
          const told = (await bed.told()).slice(toldBefore);
          for (const [index, { id, real }] of devices.entries()) {
            const content = JSON.stringify(model.of(id));
            const changed = content !== before[index]!.content;
            await real.sync();
            expect([id, real.token !== before[index]!.token]).toEqual([id, changed]);
            expect(told.filter(({ deviceId }) => deviceId === id).map(({ token }) => token)).toEqual(
              changed ? [real.token] : [],
            );
            const held = [...real.held]
              .toSorted(([a], [b]) => (a < b ? -1 : 1))
              .map(([name, one]) => [name, one.Payload]);
            expect(Object.fromEntries(held)).toEqual(model.of(id));
          }
        }
        // A device that knows nothing ends where the others are.
        for (const { id, real } of devices) {
          const fresh = new SyncingDevice(bed, id, source);
          await fresh.sync();
          expect([...fresh.held.keys()].toSorted()).toEqual([...real.held.keys()].toSorted());
          expect(fresh.token).toBe(real.token);
        }
      }),
      { numRuns: 15 },
    );
  }, 180_000);
});
