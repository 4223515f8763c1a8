import { randomUUID } from 'node:crypto';
import {
  AppError,
  type ApplyAnswer,
  differencesOf,
  type Fault,
  faultAt,
  type InputOf,
  MAX_REQUEST_BYTES,
  parseSpec,
  type resourcesApply,
} from '@lamplighter/contracts';
import { Injectable } from '@nestjs/common';
import { type Inventory, type SpecChange, usersOf, type Wanted } from '../domain/policy/plan-changes.ts';
import { ChangeSpecs } from './change-specs.ts';

const SHOWN = 100;
/** The rest is for kinds, names and versions: of a thousand changes a third of it. */
const ROOM = MAX_REQUEST_BYTES / 2;
type Input = InputOf<typeof resourcesApply>;

/** Brings groups, windows and policies to what was written: files, or one resource at a time. */
@Injectable()
export class ApplyResources {
  constructor(private readonly changes: ChangeSpecs) {}

  async run(input: Input): Promise<ApplyAnswer> {
    const { tenant, by, dryRun, abort } = input;
    const { changes, warnings } = await this.changes.run({ tenant, by, dryRun, abort }, (inventory) =>
      wishesOf(input, inventory),
    );
    return { dryRun, ...fitting(changes.map(told), warnings) };
  }
}

/** Throws AppError with every fault of shape, and for what is to be removed and is not there, or in use. */
function wishesOf(input: Input, inventory: Inventory): Wanted[] {
  const faults: Fault[] = [];
  const put = input.resources.flatMap(({ kind, name, spec }, index): Wanted[] => {
    const at = ['resources', String(index), 'spec'];
    const parsed = 'name' in spec ? { faults: [nameInside(spec['name'])] } : parseSpec(kind, { ...spec, name });
    if (parsed.faults) {
      faults.push(...parsed.faults.map((fault) => ({ ...fault, path: [...at, fault.path].join('.') })));
      return [];
    }
    const stored = inventory.stored.find((one) => one.kind === kind && one.name === name);
    return [{ kind, name, id: stored?.id ?? (kind === 'Policy' ? randomUUID() : name), spec: parsed.spec, at }];
  });
  const removed = [...removals(input, inventory, faults), ...pruned(input, inventory)];
  if (faults.length > 0) throw invalid(faults);
  refuseUsed([...put, ...removed], inventory);
  return [...put, ...removed];
}

function removals({ remove }: Input, { stored }: Inventory, faults: Fault[]): Wanted[] {
  return remove.flatMap(({ kind, name }, index) => {
    const at = ['remove', String(index)];
    const one = stored.find((each) => each.kind === kind && each.name === name);
    if (one) return [{ kind, name, id: one.id, spec: undefined, at }];
    const message = `there is no ${kind.toLowerCase()} "${name}"`;
    faults.push(faultAt([...at, 'name'], name, { message, remedy: 'leave it out' }));
    return [];
  });
}

function pruned({ prune, resources }: Input, { stored }: Inventory): Wanted[] {
  const kept = new Set(resources.map(({ kind, name }) => `${kind} ${name}`));
  return stored
    .filter(({ kind, name }) => prune.includes(kind) && !kept.has(`${kind} ${name}`))
    .map(({ kind, name, id }) => ({ kind, name, id, spec: undefined, at: ['prune', kind, name] }));
}

/** A group or window is not removed under the policies that name it, unless they change or go together with it. */
function refuseUsed(wishes: readonly Wanted[], { stored }: Inventory): void {
  const asked = new Set(wishes.filter(({ kind }) => kind === 'Policy').map(({ id }) => id));
  const others = stored.filter(({ kind, id }) => kind !== 'Policy' || !asked.has(id));
  for (const { kind, name, spec, at } of wishes) {
    const users = spec || kind === 'Policy' ? [] : usersOf(others, { kind, name });
    if (users.length === 0) continue;
    const what = kind.toLowerCase();
    const message = `the ${what} "${name}" is named by the policies ${users.map((user) => `"${user}"`).join(', ')}`;
    const remedy = 'take it out of these policies first';
    const fields = [faultAt([...at, 'name'], name, { message, remedy })];
    throw new AppError(`${what}.in-use`, message, { outcome: 'drop', remedy, fields });
  }
}

function nameInside(name: unknown): Fault {
  return faultAt(['name'], name, {
    message: 'the name stands beside kind and spec',
    remedy: 'move it up, out of spec',
  });
}

function invalid(faults: Fault[]): AppError {
  const [first, ...more] = faults;
  const message = `${first!.path}: ${first!.message}${more.length > 0 ? ` (and ${more.length} more)` : ''}`;
  return new AppError('input.invalid', message, {
    outcome: 'drop',
    remedy: first?.remedy ?? 'correct the fields that are named; docs/policies.md describes them all',
    fields: faults,
  });
}

/** All changes, with as much of what differs as a message has room for: what was done is told in any case. */
function fitting(changes: ApplyAnswer['changes'], warnings: Fault[]): Pick<ApplyAnswer, 'changes' | 'warnings'> {
  let room = ROOM;
  const takes = (value: unknown): boolean => (room -= Buffer.byteLength(JSON.stringify(value))) >= 0;
  const short = changes.map((change) => {
    const { differences, more } = change;
    return takes(differences) ? change : { ...change, differences: [], more: more + differences.length };
  });
  return { changes: short, warnings: warnings.filter(takes) };
}

function told({ kind, name, id, change, version, before, after, why }: SpecChange): ApplyAnswer['changes'][number] {
  const all = change === 'changed' ? differencesOf(before, after) : [];
  const differences = all.slice(0, SHOWN);
  return {
    kind,
    name,
    id,
    change,
    version,
    differences,
    more: all.length - differences.length,
    ...(why ? { why } : {}),
  };
}
