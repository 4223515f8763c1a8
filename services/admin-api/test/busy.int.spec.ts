import { policyForecast } from '@lamplighter/contracts';
import { serveRequest } from '@lamplighter/messaging';
import { silentLog } from '@lamplighter/testing';
import { type Bed, startBed } from './bed.ts';

describe('a service that is busy', () => {
  let bed: Bed;
  beforeAll(async () => {
    bed = await startBed(() => true);
  });
  afterAll(() => bed?.stop());

  it('is told as 503 with Retry-After and its own words', async () => {
    const error = { code: 'fleet.busy', message: '2 others are reading', remedy: 'try again in a few seconds' };
    const busy = serveRequest({
      definition: policyForecast,
      service: 'test',
      broker: bed.broker,
      log: silentLog,
      handler: async () => ({ error }),
    });
    await bed.broker.nc.flush();
    const answer = await bed.call('/v1/policies/6f1c1f5e-0000-4000-8000-000000000001/forecast');
    expect([answer.status, answer.header('retry-after'), answer.json()]).toEqual([503, '5', { error }]);
    await busy.stop();
  });
});
