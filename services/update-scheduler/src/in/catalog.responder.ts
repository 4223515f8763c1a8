import { catalogImport, type InputOf, type OutputOf } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { ImportCatalog } from '../steps/import-catalog.ts';

@Controller()
export class CatalogResponder {
  constructor(private readonly importCatalog: ImportCatalog) {}

  @OnRequest(catalogImport)
  async handle({ source, feed }: InputOf<typeof catalogImport>): Promise<OutputOf<typeof catalogImport>> {
    return { ok: await this.importCatalog.run(source, feed) };
  }
}
