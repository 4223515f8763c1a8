import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { faultsOfZod } from './fault.ts';

const faultsOf = (schema: z.ZodType, given: unknown) => faultsOfZod(schema.safeParse(given).error!, given);

describe('a fault', () => {
  it('shows the value at fault, but no secret', () => {
    const schema = z.object({ url: z.url(), secret: z.string().max(3) });
    const faults = faultsOf(schema, { url: 'nowhere', secret: 'tell-nobody' });
    expect(faults).toMatchObject([{ path: 'url', value: 'nowhere' }, { path: 'secret' }]);
    expect(JSON.stringify(faults)).not.toContain('tell-nobody');
  });

  it('shows nothing of what is nested by the thousands', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    expect(faultsOf(z.object({}), deep)).toMatchObject([{ path: '(whole)', value: '…' }]);
  });
});
