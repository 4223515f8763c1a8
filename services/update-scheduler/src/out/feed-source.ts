import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { FeedKind } from '@lamplighter/apple';
import { AppError } from '@lamplighter/contracts';
import { CONFIG } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import type { FetchedFeed } from '../ports/catalog.ts';
import { FeedSource } from '../ports/catalog.ts';
import { download } from './download.ts';

type Setting = 'LAMP_GDMF_URL' | 'LAMP_SOFA_MACOS_URL' | 'LAMP_SOFA_IOS_URL' | 'LAMP_SUCATALOG_URL';

const SETTINGS: readonly { source: string; kind: FeedKind; setting: Setting; ca?: 'LAMP_GDMF_CA' }[] = [
  { source: 'gdmf', kind: 'gdmf', setting: 'LAMP_GDMF_URL', ca: 'LAMP_GDMF_CA' },
  { source: 'sofa-macos', kind: 'sofa', setting: 'LAMP_SOFA_MACOS_URL' },
  { source: 'sofa-ios', kind: 'sofa', setting: 'LAMP_SOFA_IOS_URL' },
  { source: 'sucatalog', kind: 'sucatalog', setting: 'LAMP_SUCATALOG_URL' },
];
/** The software update catalogue has some 10 MB; none is without end. */
const MOST_BYTES = 64 * 1024 * 1024;

@Injectable()
export class HttpFeedSource extends FeedSource {
  override readonly places: ReadonlyMap<string, { kind: FeedKind; location: string }>;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    super();
    this.places = new Map(
      SETTINGS.flatMap(({ source, kind, setting }) => {
        const place = config[setting];
        return place === undefined ? [] : [[source, { kind, location: showable(place) }] as const];
      }),
    );
  }

  override async fetch(
    source: string,
    known: { etag: string | undefined; lastModified: string | undefined },
    signal: AbortSignal,
  ): Promise<FetchedFeed | 'unchanged'> {
    const { setting, ca } = SETTINGS.find((one) => one.source === source)!;
    const place = this.config[setting] ?? '';
    const caFile = ca === undefined ? undefined : this.config[ca];
    try {
      if (!/^https?:/.test(place)) return { document: textOf(await readFile(place)), ...NO_VALIDATORS };
      const trusted = caFile === undefined ? undefined : await readFile(caFile);
      const answer = await download(place, { ca: trusted, mostBytes: MOST_BYTES, signal, ...known });
      return answer === 'unchanged' ? answer : { ...answer, document: textOf(answer.body) };
    } catch (cause) {
      const why = (cause as Error).message || ((cause as { code?: string }).code ?? 'no reason given');
      throw new AppError('feed.unavailable', `the feed ${source} could not be read: ${why}`, {
        outcome: 'retry',
        remedy: remedyFor(cause, setting, ca),
        cause,
      });
    }
  }
}

const NO_VALIDATORS = { etag: undefined, lastModified: undefined };

/** A file may be compressed (`….sucatalog.gz`), whatever its server says of it. */
function textOf(bytes: Buffer): string {
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (isZipped ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes).toString('utf8');
}

/** A place as it may be shown: a user, password or query may be a secret. */
function showable(place: string): string {
  if (!/^https?:/.test(place) || !URL.canParse(place)) return place;
  const { protocol, host, pathname } = new URL(place);
  return `${protocol}//${host}${pathname}`;
}

const UNTRUSTED = /^(UNABLE_TO_|SELF_SIGNED_|CERT_UNTRUSTED|DEPTH_ZERO)/;

function remedyFor(cause: unknown, setting: Setting, ca: 'LAMP_GDMF_CA' | undefined): string {
  const code = String((cause as { code?: string }).code);
  if (!UNTRUSTED.test(code)) return `see ${setting}, and whether this machine may reach it; the last good copy stays`;
  return ca === undefined
    ? `the server's authority is not known here: name it with NODE_EXTRA_CA_CERTS; see ${setting}`
    : `the server's authority is not known here: let ${ca} name a PEM file of it; Apple's own feed chains to the Apple Root CA (https://www.apple.com/certificateauthority/)`;
}
