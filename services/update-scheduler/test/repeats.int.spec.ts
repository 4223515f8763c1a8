import type { Observation } from '@lamplighter/contracts';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import fc from 'fast-check';
import type { News } from '../src/steps/advance-updates.ts';
import { Night, TENANT } from './night.ts';

const product = { productKey: 'k26', version: '26.6', build: '23U67' };
const chain = (ErrorCode: number) => [{ ErrorCode, ErrorDomain: 'MCMDMErrorDomain' }];
const status = (given: object): Observation => ({ kind: 'update-status', updates: [{ productKey: 'k26', ...given }] });
const result = (given: object): Observation => ({
  kind: 'schedule-result',
  results: [{ productKey: 'k26', ...given }],
});

/** What a device may answer to any of the commands, sensible or not. */
const ANSWERS: readonly Observation[] = [
  { kind: 'available-updates', products: [product] },
  { kind: 'available-updates', products: [] },
  result({ status: 'Downloading' }),
  result({ status: 'Installing' }),
  result({ installAction: 'Error', errorChain: chain(12052) }),
  result({ status: 'InstallInsufficientPower' }),
  result({ status: 'DownloadFailed' }),
  status({ status: 'Downloading', downloadPercentComplete: 0.4 }),
  status({ status: 'Idle', isDownloaded: true }),
  status({ status: 'Idle', isDownloaded: false }),
  status({ status: 'Installing' }),
  { kind: 'update-status', updates: [] },
  { kind: 'facts', osVersion: '18.1' },
  { kind: 'other', requestType: 'OSUpdateStatus' },
];

describe('repeated, late and reordered news, in the database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  it('leave a device where another is that told everything once, with the same commands', async () => {
    const Script = fc.array(
      fc.record({ answer: fc.constantFrom(...ANSWERS), copies: fc.array(fc.nat(), { maxLength: 3 }) }),
      {
        minLength: 3,
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(Script, async (script) => {
        const night = await Night.begin(database);
        await night.policy();
        await night.devices({ id: 'once' }, { id: 'often' });
        await night.start();
        const told: News[] = [];
        for (const { answer, copies } of script) {
          const newsOf = async (deviceId: string): Promise<News> => {
            const { commandId } = await night.row(deviceId);
            return { deviceId, commandId: commandId ?? undefined, at: night.clock.now(), what: answer };
          };
          await night.advanceUpdates.run(TENANT, [await newsOf('once')]);
          const news = await newsOf('often');
          // In one batch, in another, and from two replicas at once.
          await night.advanceUpdates.run(TENANT, [news, ...copies.map((copy) => told[copy % told.length] ?? news)]);
          told.push(news);
          const old = told.filter((_, index) => copies.includes(index));
          const other = new Night(database, night.clock);
          await Promise.all([
            night.advanceUpdates.run(TENANT, old),
            other.advanceUpdates.run(TENANT, [...old].reverse()),
          ]);
        }
        const of = async (deviceId: string) => {
          const { commandId: _commandId, ...row } = await night.row(deviceId);
          const commands = (await night.commands()).filter((one) => one.deviceId === deviceId);
          return { row, sent: commands.map(({ requestType, body }) => `${requestType} ${body}`) };
        };
        expect(await of('often')).toEqual(await of('once'));
        const ids = (await night.commands()).map(({ commandId }) => commandId);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 15, seed: 13 },
    );
  }, 120_000);
});
