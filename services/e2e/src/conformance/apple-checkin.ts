import { type Fault, type Facts, validateFacts } from '@lamplighter/apple';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { factsOf } from '../../../../tools/schema/src/facts.ts';
import { type RawKey, readSchema, type SchemaFile } from '../../../../tools/schema/src/read-schema.ts';

/** What Apple's schema says of one check-in: of the message, and of its answer where it has one. */
interface CheckIn {
  readonly message: Facts;
  readonly answer: Facts | undefined;
}

const SCHEMA = process.env['LAMP_APPLE_SCHEMA'] ?? resolve(import.meta.dirname, '../../../../../shared/apple-schema');

/** By MessageType; undefined, and told why on standard output, where there is no checkout of the schema. */
export function appleCheckIns(): ReadonlyMap<string, CheckIn> | undefined {
  if (!existsSync(SCHEMA)) {
    tell(`not held against Apple's schema, which is not at ${SCHEMA} (LAMP_APPLE_SCHEMA names it)`);
    return undefined;
  }
  const files = readSchema(SCHEMA, 'mdm/checkin');
  return new Map(
    files.map((file) => [
      file.payload.requesttype ?? '',
      { message: factsOf(file, 'plist'), answer: answerFacts(file) },
    ]),
  );
}

/** The generator reads what is sent to devices; what answers a check-in stands elsewhere in the file. */
function answerFacts(file: SchemaFile): Facts | undefined {
  const { responsekeys } = parse(readFileSync(join(SCHEMA, file.path), 'utf8')) as { responsekeys?: RawKey[] };
  return responsekeys && factsOf({ ...file, keys: responsekeys }, 'plist');
}

/** What is wrong with an answer. Told, where the schema does not say what is right. */
export function answerFaults(known: ReturnType<typeof appleCheckIns>, messageType: string, answer: unknown): Fault[] {
  const facts = known?.get(messageType)?.answer;
  if (facts === undefined && known !== undefined) tell(`the schema has no answer to ${messageType} to compare with`);
  return facts === undefined ? [] : validateFacts(facts, answer);
}

/** What is wrong with a message, but for keys that are missing: the schema lists those of all kinds of enrollment as required. */
export function messageFaults(
  known: ReturnType<typeof appleCheckIns>,
  message: Readonly<Record<string, unknown>>,
): Fault[] {
  const facts = known?.get(String(message['MessageType']))?.message;
  return facts === undefined ? [] : validateFacts(facts, message).filter((fault) => fault.message !== 'is missing');
}

const told = new Set<string>();

function tell(what: string): void {
  if (!told.has(what)) process.stdout.write(`conformance: ${what}\n`);
  told.add(what);
}
