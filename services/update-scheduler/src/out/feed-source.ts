import { readFile } from 'node:fs/promises';
import { AppError } from '@lamplighter/contracts';
import { CONFIG } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { FeedSource } from '../ports.ts';

const TIMEOUT_MS = 60_000;

@Injectable()
export class HttpFeedSource extends FeedSource {
  constructor(@Inject(CONFIG) private readonly config: Config) {
    super();
  }

  override async fetch(): Promise<string | undefined> {
    const source = this.config.LAMP_GDMF_URL;
    if (source === undefined) return undefined;
    try {
      return /^https?:/.test(source) ? await download(source) : await readFile(source, 'utf8');
    } catch (cause) {
      throw new AppError('feed.unavailable', `the release feed could not be read: ${(cause as Error).message}`, {
        outcome: 'retry',
        remedy: "see LAMP_GDMF_URL; Apple's own feed chains to Apple's root, which NODE_EXTRA_CA_CERTS must name",
        cause,
      });
    }
  }
}

async function download(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.text();
}
