import type { Documents } from '../generated/documents.ts';
import { ITEMS_KEY } from './declaration-kind.ts';
import type { DeclarationKind } from './declaration-kind.ts';
import { declarationsTokenOf } from './server-token.ts';

export interface DeclarationItem {
  readonly identifier: string;
  readonly kind: DeclarationKind;
  readonly serverToken: string;
}

/** declarative/protocol/tokensresponse.yaml, and the Data of a DeclarativeManagement command. `at` without fractions of a second. */
export function tokensDocument(declarationsToken: string, at: Date): string {
  const timestamp = `${at.toISOString().slice(0, 19)}Z`;
  return JSON.stringify({
    SyncTokens: { DeclarationsToken: declarationsToken, Timestamp: timestamp },
  } satisfies Documents['TokensResponse']);
}

/** declarative/protocol/declarationitemsresponse.yaml: all four arrays, in the order of identifiers. */
export function declarationItemsDocument(items: readonly DeclarationItem[]): string {
  const sorted = items.toSorted((a, b) => (a.identifier < b.identifier ? -1 : 1));
  const of = (kind: DeclarationKind) =>
    sorted
      .filter((item) => item.kind === kind)
      .map(({ identifier, serverToken }) => ({ Identifier: identifier, ServerToken: serverToken }));
  return JSON.stringify({
    Declarations: {
      [ITEMS_KEY.activation]: of('activation'),
      [ITEMS_KEY.configuration]: of('configuration'),
      [ITEMS_KEY.asset]: of('asset'),
      [ITEMS_KEY.management]: of('management'),
    },
    DeclarationsToken: declarationsTokenOf(items),
  } satisfies Documents['DeclarationItemsResponse']);
}

/** declarative/declarations/declarationbase.yaml. */
export function declarationDocument(declaration: {
  readonly type: string;
  readonly identifier: string;
  readonly serverToken: string;
  readonly payload: object;
}): string {
  const { type, identifier, serverToken, payload } = declaration;
  return JSON.stringify({ Type: type, Identifier: identifier, ServerToken: serverToken, Payload: payload });
}
