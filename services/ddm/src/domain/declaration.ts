import {
  configurationsOf,
  declarationDocument,
  declarationKindOf,
  serverTokenOf,
  validateDeclaration,
  type DeclarationKind,
} from '@lamplighter/apple';
import { AppError, type NewDeclaration } from '@lamplighter/contracts';

export interface Declaration {
  identifier: string;
  type: string;
  kind: DeclarationKind;
  serverToken: string;
  /** As devices get it. */
  document: string;
  /** Of an activation: what it puts into effect. */
  configurations: string[];
}

/** As JSON. What a device fetches travels in one message. */
const LARGEST = 262_144;
const NOT_STORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** Throws AppError `declaration.invalid`, which names what Apple's schema does not allow, or `declaration.too-large`. */
export function declarationOf(given: NewDeclaration, touched = 0): Declaration {
  const { identifier, type, payload } = given;
  const kind = declarationKindOf(type);
  if (kind === undefined) throw invalid(identifier, [{ path: 'type', message: 'is none of a declaration' }]);
  const faults = validateDeclaration(type, payload);
  if (faults.length > 0) {
    throw invalid(
      identifier,
      faults.map(({ path, message }) => ({ path: path === '' ? 'payload' : `payload.${path}`, message })),
    );
  }
  const serverToken = serverTokenOf(type, payload, touched);
  const document = declarationDocument({ type, identifier, serverToken, payload });
  if (Buffer.byteLength(document) > LARGEST) {
    throw new AppError('declaration.too-large', `the declaration ${identifier} is larger than ${LARGEST} bytes`, {
      remedy: 'put large data into an asset that devices fetch from elsewhere',
    });
  }
  if (NOT_STORABLE.test(document)) {
    throw invalid(identifier, [{ path: 'payload', message: 'holds a character that is no character' }]);
  }
  return { identifier, type, kind, serverToken, document, configurations: configurationsOf(type, payload) };
}

/** The same declaration with another ServerToken. */
export function touchedDeclaration(document: string, touched: number): Declaration {
  const { Identifier, Type, Payload } = JSON.parse(document) as {
    Identifier: string;
    Type: string;
    Payload: Record<string, unknown>;
  };
  return declarationOf({ identifier: Identifier, type: Type, payload: Payload }, touched);
}

function invalid(identifier: string, fields: { path: string; message: string }[]): AppError {
  const list = fields.map(({ path, message }) => `${path} ${message}`).join('; ');
  return new AppError('declaration.invalid', `the declaration ${identifier} is not valid: ${list}`, {
    fields,
    remedy: "correct the fields named; Apple's device-management schema describes them",
  });
}
