import { AppError, catalogImport, catalogRefresh, type InputOf, type OutputOf } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { AskForRefresh } from '../steps/ask-for-refresh.ts';
import { ImportCatalog } from '../steps/import-catalog.ts';

@Controller()
export class CatalogResponder {
  constructor(
    private readonly importCatalog: ImportCatalog,
    private readonly askForRefresh: AskForRefresh,
  ) {}

  @OnRequest(catalogImport)
  async import({ source, feed, copy, force }: InputOf<typeof catalogImport>): Promise<OutputOf<typeof catalogImport>> {
    const given = copy ?? feed;
    if (given === undefined) throw new AppError('input.invalid', 'neither a feed nor a copy of one was given');
    return { ok: await this.importCatalog.run(source, given, { force }) };
  }

  @OnRequest(catalogRefresh)
  async refresh({ sources }: InputOf<typeof catalogRefresh>): Promise<OutputOf<typeof catalogRefresh>> {
    return { ok: { sources: await this.askForRefresh.run(sources) } };
  }
}
