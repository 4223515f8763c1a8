import { ResourceKind } from '@lamplighter/contracts';
import { resourceSchema } from '../../../services/admin-api/src/domain/resource-schema.ts';
import { jsonSchemaOf } from './messages/source.ts';

/** The schemas of files, for editors: by path. */
export function resourceSchemas(): Record<string, string> {
  return Object.fromEntries(
    ResourceKind.options.map((kind) => [
      `docs/schemas/${kind}.json`,
      `${JSON.stringify(resourceSchema(kind, jsonSchemaOf), null, 2)}\n`,
    ]),
  );
}
