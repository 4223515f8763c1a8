import { isReason, UpdateState } from '@lamplighter/contracts';
import fc from 'fast-check';
import { advance, concerns } from './advance.ts';
import { mac, NOW, STOPS, terms, update } from './life.fixture.ts';
import { ruleFor, RULES } from './transitions.ts';
import { type Happening, type Trigger, TRIGGERS } from './happening.ts';
import { readObservation } from './triggers.ts';
import { POLLS, type Step, type Terms, type Update } from './update.ts';

const ENDED = new Set<UpdateState>(['installed', 'failed', 'superseded', 'not-eligible', 'waiting', 'downloaded']);
const STEPS: Step[] = [...new Set(RULES.flatMap((rule) => (rule.steps === '*' ? [] : [...rule.steps])))];
/** Those with a command outstanding; a declared update is told of by the device itself. */
const COMMANDS = STEPS.filter((step) => step !== 'enforce');
const HOUR = 3_600_000;

const KINDS: Partial<Update>[] = [
  { platform: 'iOS' },
  { platform: 'macOS', fromVersion: '15.1' },
  { platform: 'macOS', fromVersion: '11.2', targetVersion: '15.7.9' },
];
const TIMES = [NOW, new Date(STOPS.getTime() - HOUR), STOPS, new Date(STOPS.getTime() + 9 * HOUR)];
const WISHES: Partial<Terms>[] = [
  {},
  { deadlineAt: NOW },
  { installAction: 'DownloadOnly' },
  { installAction: 'NotifyOnly' },
  { aborted: true },
  { held: 'paused' },
];
/** Everything that may decide, beside state and step. */
const CONTEXTS = TIMES.flatMap((now) => WISHES.map((wish) => terms({ ...wish, now })));

interface Seen {
  steps: Set<Step>;
  states: Set<UpdateState>;
  used: Set<string>;
  /** What each place leads to. */
  exits: Map<string, { update: Update; leads: Set<string> }>;
}

const placeOf = ({ platform, fromVersion, state, step }: Update): string =>
  [platform, fromVersion, state, step].join(' ');

/** Everything that can follow from the first commands, by all rules and terms. */
function explore(): Seen {
  const seen: Seen = { steps: new Set(), states: new Set(['planned']), used: new Set(), exits: new Map() };
  const todo = [
    ...KINDS.map((kind) => update({ ...kind, step: kind.platform === 'macOS' ? 'scan' : 'list' })),
    update({ step: 'enforce', state: 'commanded', commandId: null }),
  ];
  for (let at = todo.pop(); at; at = todo.pop()) {
    if (seen.exits.has(placeOf(at))) continue;
    const leads = new Set<string>();
    seen.exits.set(placeOf(at), { update: at, leads });
    seen.states.add(at.state);
    seen.steps.add(at.step);
    for (const after of exitsOf(at, seen.used)) {
      leads.add(placeOf(after));
      todo.push(after);
    }
  }
  return seen;
}

/** With news of each kind, fresh and when it says the same for hours, told once more or not. */
function* exitsOf(at: Update, used: Set<string>): Generator<Update> {
  for (const given of CONTEXTS) {
    for (const resends of [0, 1]) {
      for (const trigger of TRIGGERS) {
        const still = { progress: trigger, progressedAt: new Date(NOW.getTime() - 2 * HOUR), resends };
        for (const one of [at, { ...at, ...still }]) {
          const why = trigger === 'declared-failed' ? { reason: 'enforcement-failing' } : {};
          const moved = advance(one, { trigger, ...why }, given);
          if (!moved) continue;
          used.add(moved.detail);
          if (moved.keepsCommand && at.step !== 'enforce') continue;
          const step = moved.keepsCommand ? at.step : (moved.ask?.step ?? '');
          yield { ...at, state: moved.to, step, commandedAt: NOW };
        }
      }
    }
  }
}

const seen = explore();

describe('the transition table', () => {
  it('reaches every state and every step', () => {
    expect([...seen.states].toSorted()).toEqual([...UpdateState.options].toSorted());
    expect(STEPS.filter((step) => !seen.steps.has(step))).toEqual([]);
  });

  it('uses every rule', () => {
    expect(RULES.filter(({ detail }) => !seen.used.has(detail)).map(({ detail }) => detail)).toEqual([]);
  });

  it('gives reasons of the catalogue only', () => {
    expect(RULES.flatMap(({ reason }) => reason ?? []).filter((code) => !isReason(code))).toEqual([]);
  });

  it('has no dead end: from every place that is not final the device’s news, and time alone, lead to an end', () => {
    const open = [...seen.exits.values()].filter(({ update: { step } }) => step !== '');
    const reaches = new Set(
      [...seen.exits]
        .filter(
          ([
            ,
            {
              update: { step },
            },
          ]) => step === '',
        )
        .map(([place]) => place),
    );
    for (let before = -1; before !== reaches.size;) {
      before = reaches.size;
      for (const [place, { leads }] of seen.exits) if ([...leads].some((to) => reaches.has(to))) reaches.add(place);
    }
    expect(open.filter(({ update: one }) => !reaches.has(placeOf(one))).map(({ update: one }) => placeOf(one))).toEqual(
      [],
    );
    const late = terms({ now: new Date(STOPS.getTime() + 9 * HOUR) });
    for (const { update: one } of open) {
      const trigger = one.step === 'enforce' ? 'overdue' : 'expired-unseen';
      const end = advance(one, { trigger }, late);
      expect({ place: placeOf(one), ends: end !== undefined && end.ask === undefined }).toEqual({
        place: placeOf(one),
        ends: true,
      });
    }
  });

  it('has an answer for whatever ends an outstanding command', () => {
    const always: Trigger[] = [
      'expired-unseen',
      'expired-in-hand',
      'expired-busy',
      'expired-no-contact',
      'unreadable',
      'error-failed',
      'error-unsupported',
      'error-benign',
      'error-busy',
      'error-once-more',
      'error-not-downloaded',
      'not-now',
      'voided-unseen',
      'voided-in-hand',
      'refused',
      'cancelled',
      'superseded',
      'left',
    ];
    const missing = COMMANDS.flatMap((step) =>
      always.filter((trigger) => !ruleFor(step, trigger)).map((one) => `${step} ${one}`),
    );
    expect(missing).toEqual([]);
  });

  it('never stays in flight without a command outstanding', () => {
    for (const { update: one } of seen.exits.values()) {
      if (one.step === '')
        expect({ place: placeOf(one), ended: ENDED.has(one.state) }).toEqual({ place: placeOf(one), ended: true });
    }
    fc.assert(
      fc.property(
        fc.constantFrom(...COMMANDS),
        fc.constantFrom(...TRIGGERS),
        fc.constantFrom(...KINDS),
        fc.integer({ min: 0, max: 12 }),
        fc.boolean(),
        (step, trigger, kind, hours, aborted) => {
          const now = new Date(NOW.getTime() + hours * HOUR);
          const state = POLLS.has(step) ? 'downloading' : 'available';
          const moved = advance(update({ ...kind, step, state }), { trigger }, terms({ now, aborted }));
          if (moved && !moved.ask && !moved.keepsCommand) expect(ENDED.has(moved.to)).toBe(true);
        },
      ),
      { numRuns: 2_000, seed: 3 },
    );
  });

  it('sends nothing that changes a device at or after the stop time, and asks no more after the follow-up hours', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STEPS),
        fc.constantFrom(...TRIGGERS),
        fc.constantFrom(...KINDS),
        fc.constantFrom(null, NOW),
        fc.integer({ min: -180, max: 900 }),
        (step, trigger, kind, deadlineAt, minutes) => {
          const now = new Date(STOPS.getTime() + minutes * 60_000);
          const still = { progress: trigger, progressedAt: NOW };
          const ask = advance(update({ ...kind, ...still, step }), { trigger }, terms({ now, deadlineAt }))?.ask;
          if (!ask) return;
          if (!POLLS.has(ask.step)) {
            expect(now < STOPS).toBe(true);
            expect(ask.expiresAt <= STOPS).toBe(true);
          }
          expect((ask.notBefore ?? now) < ask.expiresAt).toBe(true);
        },
      ),
      { numRuns: 2_000, seed: 5 },
    );
  });

  it('is installed from any state once the device runs the target or newer', () => {
    for (const state of UpdateState.options.filter((one) => one !== 'installed')) {
      const late = update({ state, step: '', commandId: null });
      const happening = readObservation(late, { kind: 'facts', osVersion: '26.1' }, NOW);
      expect(concerns(late, undefined, happening)).toBe(true);
      expect(advance(late, happening, terms())?.to).toBe('installed');
    }
  });
});

/** News of a command, or of none; as a device and its network may bring it: late, twice, in any order. */
interface Told {
  commandId: string | undefined;
  happening: Happening;
}

/** One update under a stream of news, as the scheduler moves it: each command has an id of its own. */
function live(start: Update, news: readonly Told[], given = terms()): { update: Update; sent: string[] } {
  let one = start;
  const sent: string[] = [];
  for (const { commandId, happening } of news) {
    if (!concerns(one, commandId, happening)) continue;
    const moved = advance(one, happening, given);
    if (!moved) continue;
    one = { ...one, state: moved.to, reason: moved.reason, version: one.version + 1 };
    if (moved.keepsCommand) continue;
    const seq = moved.ask ? one.commandSeq + 1 : one.commandSeq;
    one = { ...one, step: moved.ask?.step ?? '', commandSeq: seq, commandId: moved.ask ? `c${seq}` : null };
    if (moved.ask) sent.push(`${one.commandId} ${moved.ask.step}`);
  }
  return { update: one, sent };
}

describe('late and repeated reports', () => {
  const Happened = fc.record({ trigger: fc.constantFrom(...TRIGGERS.filter((one) => one !== 'at-target')) });
  /** For each command one answer, in the order of the commands. */
  const Answers = fc
    .array(Happened, { maxLength: 12 })
    .map((all): Told[] => all.map((happening, index) => ({ commandId: `c${index + 1}`, happening })));
  /** Of `c0`, which is over, or of commands whose answer has been taken: the copies that a network makes. */
  const withCopies = fc
    .tuple(Answers, fc.infiniteStream(fc.nat({ max: 2 })))
    .chain(([answers, copies]) =>
      fc.tuple(fc.constant(answers), fc.constant([...copies.take(answers.length)]), fc.infiniteStream(fc.nat())),
    );

  it('change nothing: with any copies of what was answered, in any place behind it, all is as without them', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), withCopies, (kind, [answers, copies, places]) => {
        const start = update({ ...kind, step: kind.platform === 'macOS' ? 'scan' : 'list' });
        const noisy = [...answers];
        for (const [index, answer] of answers.entries()) {
          // NotNow keeps its command outstanding: only the last word about a command is final, and copies come behind that.
          for (let copy = 0; copy < copies[index]!; copy += 1) {
            const behind = noisy.indexOf(answer) + 1;
            const [place = 0] = places.take(1);
            noisy.splice(behind + (place % (noisy.length - behind + 1)), 0, { ...answer });
          }
        }
        const final = (all: Told[]): Told[] => all.filter(({ happening: { trigger } }) => trigger !== 'not-now');
        expect(live(start, final(noisy))).toEqual(live(start, final(answers)));
      }),
      { numRuns: 3_000, seed: 7 },
    );
  });

  it('change nothing either where they are of commands that are over, or of none', () => {
    fc.assert(
      fc.property(fc.constantFrom(...COMMANDS), fc.array(Happened, { maxLength: 20 }), (step, all) => {
        const start = mac({ step, commandId: 'c9', commandSeq: 9 });
        const news = all.flatMap((happening, index) => [
          { commandId: `c${index % 9}`, happening },
          { commandId: undefined, happening },
        ]);
        expect(live(start, news)).toEqual({ update: start, sent: [] });
      }),
      { numRuns: 1_000, seed: 9 },
    );
  });

  it('move nothing that is installed', () => {
    for (const trigger of TRIGGERS) {
      expect(advance(update({ state: 'installed', step: '' }), { trigger }, terms())).toBeUndefined();
    }
  });

  it('never have one command sent twice, whatever comes', () => {
    const Any = fc.array(
      fc.record({
        commandId: fc.option(
          fc.nat({ max: 14 }).map((seq) => `c${seq}`),
          { nil: undefined },
        ),
        happening: Happened,
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), Any, (kind, news) => {
        const { sent } = live(update({ ...kind, step: 'list' }), news);
        const ids = sent.map((one) => one.split(' ')[0]);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 1_000, seed: 11 },
    );
  });
});
