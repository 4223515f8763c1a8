import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { factsOf } from './facts.ts';
import { generatedFiles } from './generated-files.ts';
import { readSchema } from './read-schema.ts';
import { checkoutOf, commandWith } from './schema.fixture.ts';

const COMMAND = 'mdm/commands/engine.start.yaml';
const made: string[] = [];
const checkout = (more?: Record<string, string>): string => {
  made.push(checkoutOf(more));
  return made.at(-1) ?? '';
};
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

function factsFrom(more: Record<string, string>, folder: string, encoding: 'plist' | 'json') {
  const [file] = readSchema(checkout(more), folder);
  if (!file) throw new Error('no file');
  return factsOf(file, encoding);
}

describe('the facts of a command', () => {
  it('leave out what is usual, what is taken over, and an OS that lacks it', () => {
    expect(factsFrom({}, 'mdm/commands', 'plist')).toEqual({
      os: { macOS: { introduced: '11.0', supervised: true, userEnrollment: 'forbidden' } },
      keys: { Gear: { type: 'integer', required: true, min: 1, max: 5, os: { macOS: { introduced: '12.0' } } } },
    });
  });

  it('come from the newest text, which may also be a new file', () => {
    const more = {
      [`overlay-9.0/${COMMAND}`]: commandWith("introduced: '11.0'", "introduced: '9.0'"),
      [`overlay-27.0/${COMMAND}`]: commandWith("introduced: '11.0'", "introduced: '11.0'\n      removed: '27.0'"),
      'overlay-27.0/mdm/commands/engine.stop.yaml': commandWith('StartEngine', 'StopEngine'),
    };
    const [start, stop] = readSchema(checkout(more), 'mdm/commands');
    expect(start?.payload.supportedOS?.['macOS']).toMatchObject({ introduced: '11.0', removed: '27.0' });
    expect(stop?.payload.requesttype).toBe('StopEngine');
  });

  it.each([
    ['<integer>', '<complex>', /engine\.start\.yaml: Gear: the type <complex> is new/],
    ["'12.0'", '12.0', /Gear: 12 is no OS version; versions are quoted/],
    ['iOS:', 'toastOS:', /supportedOS names toastOS/],
    ['mode: forbidden', 'mode: perhaps', /perhaps is none of allowed, required, forbidden, ignored/],
  ])('are refused where %s became %s', (from, to, message) => {
    const text = commandWith(from, to);
    expect(() => factsFrom({ [COMMAND]: text }, 'mdm/commands', 'plist')).toThrow(message);
  });

  it('are refused where there is no schema', () => {
    expect(() => generatedFiles('/nowhere')).toThrow(/\/nowhere is no checkout .* it has no mdm\/commands/);
  });
});

describe('the facts of a declaration', () => {
  it('say by switches what the schema says by lists', () => {
    expect(factsFrom({}, 'declarative/declarations/configurations', 'json')).toEqual({
      os: {
        iOS: { introduced: '17.0', sharedIpad: { mode: 'forbidden', deviceChannel: false } },
        macOS: {
          introduced: '14.0',
          supervised: true,
          deviceChannel: false,
          userChannel: true,
          userEnrollment: 'forbidden',
        },
      },
      keys: { Started: { type: 'string' } },
      others: { type: 'any' },
    });
  });
});

describe('the generated files', () => {
  it('have a type and a row for each payload', () => {
    const files = generatedFiles(checkout());
    expect(Object.keys(files)).toEqual(['commands.ts', 'declarations.ts', 'documents.ts', 'status-items.ts']);
    expect(files['commands.ts']).toContain(`  /** ${COMMAND} */
  readonly StartEngine: {
    readonly RequestType: 'StartEngine';
    readonly Gear: number;
  };
}

export const COMMANDS: { readonly [name: string]: Facts | undefined } = {
  StartEngine: {
    os: { macOS: { introduced: '11.0', supervised: true, userEnrollment: 'forbidden' } },
`);
    expect(files['declarations.ts']).toContain(`  readonly 'com.apple.configuration.engine': {
    readonly Started?: string;
    readonly [key: string]: JsonInput | undefined;
  };
`);
    expect(files['documents.ts']).toContain('readonly Declaration: {');
    expect(files['status-items.ts']).toContain("'engine.gear': {");
  });
});
