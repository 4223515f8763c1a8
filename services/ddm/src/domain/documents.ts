import { derivedUuid } from '@lamplighter/contracts';

/** No device has declarations yet. The token is the same for every empty set, so a device that has none fetches nothing. */
export const EMPTY_SET_TOKEN = derivedUuid('declarations');

/** Schema: declarative/protocol/tokensresponse.yaml. `at` without fractions of a second. */
export function tokensDocument(token: string, at: Date): string {
  const timestamp = `${at.toISOString().slice(0, 19)}Z`;
  return JSON.stringify({ SyncTokens: { DeclarationsToken: token, Timestamp: timestamp } });
}

/** Schema: declarative/protocol/declarationitemsresponse.yaml. All four arrays are required. */
export function emptyItemsDocument(token: string): string {
  const declarations = { Activations: [], Configurations: [], Assets: [], Management: [] };
  return JSON.stringify({ Declarations: declarations, DeclarationsToken: token });
}
