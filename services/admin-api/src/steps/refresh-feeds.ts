import { catalogRefresh } from '@lamplighter/contracts';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.ts';
import { AskService } from './ask-service.ts';
import { forInstallation } from './for-installation.ts';

/** Has feeds fetched now. */
@Injectable()
export class RefreshFeeds {
  constructor(private readonly ask: AskService) {}

  async run(caller: Caller, sources: string[] | undefined): Promise<{ sources: string[] }> {
    forInstallation(caller, 'have release feeds fetched');
    return this.ask.run(caller, catalogRefresh, sources === undefined ? {} : { sources }, (done) => ({
      subject: done.sources.join(' '),
      detail: done,
    }));
  }
}
