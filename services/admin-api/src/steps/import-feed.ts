import { gunzipSync } from 'node:zlib';
import { FeedError, type FeedKind, readFeed } from '@lamplighter/apple';
import {
  AppError,
  type CatalogImported,
  catalogImport,
  type FeedCopy,
  MAX_REQUEST_BYTES,
} from '@lamplighter/contracts';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.ts';
import { AskService } from './ask-service.ts';
import { forInstallation } from './for-installation.ts';

const MOST_BYTES = 64 * 1024 * 1024;

export interface FeedFile {
  bytes: Buffer;
  /** What it has to be; undefined: told by its content. */
  kind: FeedKind | undefined;
  /** The file's name, where it is known: seeds' catalogues are named so. */
  name: string | undefined;
  force: boolean;
}

/** Takes in a feed for the whole installation. Documents are larger than a message: what is in them travels. */
@Injectable()
export class ImportFeed {
  constructor(private readonly ask: AskService) {}

  async run(caller: Caller, file: FeedFile): Promise<CatalogImported> {
    forInstallation(caller, 'take in a release feed');
    const copy = copyIn(file);
    if (Buffer.byteLength(JSON.stringify(copy)) > MAX_REQUEST_BYTES) {
      throw new AppError('catalog.too-large', 'what the feed lists does not fit into one message', {
        remedy: 'let update-scheduler read it itself: LAMP_GDMF_URL and its like may name a file',
      });
    }
    const input = { source: `api:${caller.tenant}/${caller.name}`.slice(0, 100), copy, force: file.force };
    return this.ask.run(caller, catalogImport, input, (done) => ({ subject: copy.source, detail: done }));
  }
}

/** Throws AppError `catalog.invalid`. */
function copyIn({ bytes, kind, name }: FeedFile): FeedCopy {
  try {
    const feed = readFeed(textOf(bytes), name);
    if (kind !== undefined && feed.kind !== kind)
      throw new FeedError('$', `a feed of the kind ${kind}, but ${feed.kind}`);
    const { releases, products } = feed;
    return { ...feed, releases: releases.map(plain), products: products.map(plain) };
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
    throw new AppError('catalog.invalid', error.message, {
      remedy:
        "give GDMF's document (/v2/pmv), SOFA's (macos_data_feed.json), or a software update catalogue as they are served; nothing was changed",
      fields: [{ path: error.path, message: error.message }],
    });
  }
}

function plain<T extends { supportedDevices: readonly string[] }>(one: T): T & { supportedDevices: string[] } {
  return { ...one, supportedDevices: [...one.supportedDevices] };
}

function textOf(bytes: Buffer): string {
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isZipped) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES }).toString('utf8');
  } catch {
    throw new FeedError('$', 'a whole gzip file of a feed');
  }
}
