import { osVersionKey } from '@lamplighter/apple';
import {
  AssignmentSpec,
  type Condition,
  Condition as ConditionSchema,
  type Fact,
  FACTS,
  GroupSpec,
  Operator,
} from '@lamplighter/contracts';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import fc from 'fast-check';
import { COLUMNS, compileAssignment, compileGroup, SqlParams } from '../src/domain/filter.ts';
import { assigned, type FactsOfDevice, membership } from '../src/domain/member.ts';
import { byPrecedence, compileTakenBefore, type Ranked } from '../src/domain/precedence.ts';

const NOW = new Date('2026-11-22T02:00:00Z');
const FACT_NAMES = Object.keys(FACTS) as Fact[];

// Few values, so that they meet; among them what SQL and its LIKE could trip over.
const TEXTS = [
  'Mac16,1',
  'mac16,1',
  '100%',
  'a_b',
  'a\\b',
  "o'hara; --",
  'ÄÖ',
  'äö',
  '🍎x',
  '',
  'line\nbreak',
  '24G231',
];
const VERSIONS = ['15', '15.0', '15.7', '15.7.1', '15.10', '11.2.3', '26.6.2', '9.3.5', 'beta'];
const PLATFORMS = ['macOS', 'iOS', 'iPadOS', 'unknown'];
const INSTANTS = ['2026-11-22T01:30:00Z', '2026-11-21T02:00:00Z', '2026-11-08T02:00:00Z', '2026-11-22T03:00:00Z'];
const WILDCARDS = ['*', '1*', '15.?', '*,1', 'MAC*', '*%', '?_?', '*\\*', 'ä?', '?x', '*\n*', '*1*2*', '24g2*'];
const IDS = Array.from({ length: 60 }, (_, index) => `${index % 2 ? 'device' : 'DEVICE'}-${index}`);

const optional = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: null, freq: 3 });

const facts: fc.Arbitrary<FactsOfDevice> = fc.record<FactsOfDevice>({
  platform: fc.constantFrom(...PLATFORMS),
  osVersion: optional(VERSIONS),
  buildVersion: optional(TEXTS),
  supplementalExtra: optional(TEXTS),
  supplementalBuild: optional(TEXTS),
  productName: optional(TEXTS),
  model: optional(TEXTS),
  modelName: optional(TEXTS),
  deviceName: optional(TEXTS),
  serialNumber: optional(TEXTS),
  deviceId: fc.constant(''),
  timeZone: optional(TEXTS),
  softwareUpdateDeviceId: optional(TEXTS),
  isSupervised: optional([true, false]),
  isAppleSilicon: optional([true, false]),
  batteryLevel: optional([0, 0.1, 0.3, 0.8, 1]),
  enrolledAt: optional(INSTANTS.map((at) => new Date(at))),
  lastSeenAt: optional(INSTANTS.map((at) => new Date(at))),
  factsAt: optional(INSTANTS.map((at) => new Date(at))),
});

const scalar = fc.oneof(
  fc.constantFrom(...TEXTS, ...VERSIONS, ...PLATFORMS, ...WILDCARDS, ...IDS),
  fc.constantFrom('30m', '24h', '1d', '14d'),
  fc.constantFrom(0, 0.1, 0.3, 0.8, 1),
  fc.boolean(),
);
/** Any of those that the API takes in: what does not fit is left out by the schema itself. */
const condition: fc.Arbitrary<Condition> = fc
  .record({
    fact: fc.constantFrom(...FACT_NAMES),
    operator: fc.constantFrom(...Operator.options),
    value: fc.oneof(
      scalar,
      fc.array(fc.constantFrom(...TEXTS, ...VERSIONS, ...PLATFORMS, ...IDS)),
      fc.constant(undefined),
    ),
  })
  .filter((one) => ConditionSchema.safeParse(one).success);

const ids = fc.subarray(IDS, { maxLength: 8 });
const group = (name: string) =>
  fc
    .record({
      any: fc.array(fc.record({ all: fc.array(condition, { minLength: 1, maxLength: 3 }) }), { maxLength: 3 }),
      devices: ids,
      excludedDevices: ids,
    })
    .map((spec) => GroupSpec.parse({ name, ...spec }));

const NAMES = ['a', 'b', 'c'];
const groupNames = fc.oneof(
  { weight: 9, arbitrary: fc.subarray(NAMES) },
  { weight: 1, arbitrary: fc.constant(['gone']) },
);
const policy = fc.record({
  assignment: fc
    .record({ groups: groupNames, devices: ids, excludedGroups: groupNames, excludedDevices: ids })
    .map((spec) => AssignmentSpec.parse(spec)),
  platforms: fc.subarray(PLATFORMS, { minLength: 1 }),
  precedence: fc.integer({ min: 0, max: 2 }),
});

describe('groups and assignments in SQL', () => {
  let database: TestDatabase;
  let scheduler: ReturnType<TestDatabase['as']>;
  let fleet: FactsOfDevice[];

  beforeAll(async () => {
    database = await testDatabase();
    scheduler = database.as('update_scheduler');
    fleet = fc.sample(facts, { numRuns: IDS.length, seed: 7 }).map((one, index) => ({ ...one, deviceId: IDS[index]! }));
    for (const device of fleet) await insert(database, device);
  });
  afterAll(() => database.close());

  async function matching(expression: string, params: SqlParams): Promise<string[]> {
    const rows = await scheduler.query<{ id: string }>(
      { text: `SELECT d.device_id AS id FROM status_ingestion.device_v1 d WHERE ${expression} ORDER BY 1` },
      params.values,
    );
    return rows.map((row) => row.id);
  }
  const those = (keep: (device: FactsOfDevice) => boolean) =>
    fleet
      .filter(keep)
      .map((device) => String(device.deviceId))
      .toSorted();

  it('say of each single condition what plain code says', async () => {
    await fc.assert(
      fc.asyncProperty(condition, async (one) => {
        const spec = GroupSpec.parse({ name: 'one', any: [{ all: [one] }] });
        const params = new SqlParams(NOW);
        expect(await matching(compileGroup(spec, params), params)).toEqual(
          those((device) => membership(spec, device, NOW).member),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('say of rules, manual members and exclusions what plain code says, also turned around', async () => {
    await fc.assert(
      fc.asyncProperty(group('any'), async (spec) => {
        const params = new SqlParams(NOW);
        const expression = compileGroup(spec, params);
        const member = (device: FactsOfDevice) => membership(spec, device, NOW).member;
        expect(await matching(expression, params)).toEqual(those(member));
        expect(await matching(`NOT ${expression}`, params)).toEqual(those((device) => !member(device)));
      }),
      { numRuns: 100 },
    );
  });

  it('give a device to one policy: the greatest precedence, of equals the first created', async () => {
    const groups = fc.tuple(...NAMES.map(group)).map((specs) => new Map(specs.map((spec) => [spec.name, spec])));
    await fc.assert(
      fc.asyncProperty(groups, fc.array(policy, { minLength: 1, maxLength: 4 }), async (byName, specs) => {
        const ranked: Ranked[] = specs.map((spec, index) => ({
          policyId: `p${index}`,
          spec: { ...spec, platforms: spec.platforms as Ranked['spec']['platforms'] },
          createdAt: new Date(NOW.getTime() - (index % 2) * 1000),
        }));
        const holder = (device: FactsOfDevice) =>
          ranked.toSorted(byPrecedence).find(({ spec }) => assigned(spec, byName, device, NOW).matches)?.policyId;
        for (const { policyId, spec } of ranked) {
          const params = new SqlParams(NOW, []);
          const takesIn = compileAssignment(spec.assignment, spec.platforms, byName, params);
          const before = compileTakenBefore(policyId, ranked, byName, params);
          expect(await matching(`${takesIn} AND NOT ${before}`, params)).toEqual(
            those((device) => holder(device) === policyId),
          );
        }
      }),
      { numRuns: 60 },
    );
  });
});

async function insert(database: TestDatabase, device: FactsOfDevice): Promise<void> {
  const key = device.osVersion === null ? -1 : osVersionKey(String(device.osVersion));
  const columns = FACT_NAMES.map((fact) => COLUMNS[fact]);
  const places = FACT_NAMES.map((_, index) => `$${index + 2}`);
  await database.admin.query(
    {
      text: `INSERT INTO status_ingestion.device (tenant, enrolled, generation, updated_at, os_version_key, ${columns.join(', ')})
             VALUES ('default', true, 1, now(), $1, ${places.join(', ')})`,
    },
    [key < 0 ? null : key, ...FACT_NAMES.map((fact) => device[fact])],
  );
}
