import { describe, expect, it } from '@jest/globals';
import { boundedWords } from './hand-over.ts';
import { isInMicroQueue, readMicroReply } from './micromdm-reply.ts';
import { readNanoReply } from './nanomdm-reply.ts';

const json = (status: number, body: object) => ({ status, body: JSON.stringify(body) });
const said = (error: string) => json(500, { status: { A: { command_error: error } }, command_uuid: 'u' });
const nano = (answer: { status: number; body: string }, isRepeat = false) => readNanoReply(answer, 'A', isRepeat);

describe("NanoMDM's reply", () => {
  it.each([
    ['all went well', json(200, { status: { A: { push_result: 'p' } }, command_uuid: 'u' })],
    ['there was nothing to say of the device', json(200, { no_push: true, command_uuid: 'u' })],
    ['only the push of some failed', json(207, { status: { A: { push_error: 'x' } } })],
    ['only the pushes failed', json(500, { push_error: 'no push cert', command_uuid: 'u' })],
    ['another device is not there', json(207, { status: { A: {}, B: { command_error: 'x' } } })],
  ])('says that it has the command where %s', (_what, answer) => {
    expect(nano(answer)).toEqual({ kind: 'taken' });
  });

  it.each([
    'pq: insert or update violates foreign key constraint "enrollment_queue_id_fkey"',
    'Error 1452 (23000): Cannot add or update a child row: a foreign key constraint fails',
    'enrollment not found',
    'unknown device',
    'invalid command: missing RequestType',
  ])('refuses for good with %s', (error) => {
    expect(nano(said(error), true)).toEqual({ kind: 'refused', detail: `NanoMDM: ${error}` });
  });

  it.each([
    'invalid connection',
    'dial tcp: lookup db: no such host',
    'context deadline exceeded',
    'driver: bad connection',
  ])('is a passing trouble with %s', (error) =>
    expect(nano(said(error))).toEqual({ kind: 'failed', error: `NanoMDM: ${error}`, mayHaveIt: true }),
  );

  it.each([
    'pq: duplicate key value violates unique constraint "commands_pkey"',
    "Error 1062 (23000): Duplicate entry 'u' for key 'PRIMARY'",
    'UNIQUE constraint failed: commands.command_uuid already exists',
  ])('tells by %s that an earlier attempt arrived, and on the first that the id is taken', (error) => {
    expect(nano(said(error), true)).toEqual({ kind: 'taken' });
    expect(nano(said(error), false)).toMatchObject({ kind: 'refused' });
  });

  it.each([
    [401, { kind: 'failed', mayHaveIt: false }],
    [404, { kind: 'failed', mayHaveIt: false }],
    [302, { kind: 'failed', mayHaveIt: false }],
    [503, { kind: 'failed', mayHaveIt: false }],
    [502, { kind: 'failed', mayHaveIt: true }],
    [200, { kind: 'failed', mayHaveIt: true }],
    [413, { kind: 'refused' }],
  ])('is none where something else answers %s', (status, verdict) => {
    expect(nano({ status, body: '<html>proxy</html>' })).toMatchObject(verdict);
    expect(nano({ status, body: '[1]' })).toMatchObject(verdict);
  });

  it('is not led astray by names of its language', () => {
    expect(readNanoReply(json(200, { status: {} }), '__proto__', false)).toEqual({ kind: 'taken' });
    expect(nano(json(200, { status: { A: null } }))).toEqual({ kind: 'taken' });
  });
});

describe("MicroMDM's reply", () => {
  it.each([
    [json(201, { payload: { command_uuid: 'u' } }), { kind: 'taken' }],
    [json(200, { payload: {} }), { kind: 'taken' }],
    [json(201, {}), { kind: 'failed', mayHaveIt: true }],
    [json(400, { error: 'bad' }), { kind: 'refused' }],
    [json(404, { error: 'no device' }), { kind: 'refused', detail: 'MicroMDM: no device' }],
    [
      { status: 404, body: '404 page not found' },
      { kind: 'failed', mayHaveIt: false },
    ],
    [json(500, { error: 'x' }), { kind: 'failed', mayHaveIt: true }],
  ])('%j is %j', (answer, verdict) => expect(readMicroReply(answer)).toMatchObject(verdict));

  it('shows a queue, in which a command is, was, or is not', () => {
    const queue = (lists: object) => json(200, { device_command: { Commands: null, ...lists } });
    expect(isInMicroQueue(queue({ Commands: [{ UUID: 'U-1' }] }), 'u-1')).toBe(true);
    expect(isInMicroQueue(queue({ Completed: [{ UUID: 'u-1' }] }), 'u-1')).toBe(true);
    expect(isInMicroQueue(queue({}), 'u-1')).toBe(false);
    expect(isInMicroQueue(json(200, {}), 'u-1')).toBeUndefined();
    expect(isInMicroQueue(json(500, {}), 'u-1')).toBeUndefined();
  });
});

describe('another server', () => {
  it('is quoted in one line of bounded length', () => {
    expect(boundedWords(` a\n\tb\u0000${'x'.repeat(9000)}`)).toBe(`a b ${'x'.repeat(496)}`);
  });
});
