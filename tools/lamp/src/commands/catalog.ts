import { CatalogFilter, type CatalogSource, type FeedKind } from '@lamplighter/contracts';
import { type Command, Option } from 'commander';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { importFeed, refreshCatalog, showCatalog } from '../api/catalog-calls.ts';
import type { ApiClient } from '../api/client.ts';
import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { exitCode, LampError } from '../errors.ts';
import { print } from '../output.ts';
import { table } from '../table.ts';
import { count, dateTime, number } from '../words.ts';
import { documented } from './common.ts';

type Options = ConnectOptions & { readonly json?: boolean };
type ShowOptions = Options & { os?: string; model?: string; release?: string; products?: boolean };
type ImportOptions = Options & { readonly kind?: FeedKind; readonly force?: boolean };

export function registerCatalog(program: Command): void {
  const catalog = program
    .command('catalog')
    .summary('the OS releases that targets are chosen from')
    .description(
      "Releases come from Apple's feed (GDMF), SOFA and Apple's software update catalogue: fetched daily (LAMP_GDMF_URL and its like), or imported from files here. All tenants share them.",
    );
  const show = catalog
    .command('show')
    .summary('list the releases, and where they come from')
    .description('Lists the releases that are known, newest first, and the feeds they come from with their state.')
    .addOption(new Option('--os <os>', 'of one OS').choices(CatalogFilter.shape.os.unwrap().options))
    .option('--model <model>', 'for one model: iPhone15,2, or the board id of a Mac (J414sAP)')
    .option('--release <version>', 'a version and all below it: 15 is also 15.7.1')
    .option('--products', 'also what Macs install from, by product key')
    .option('--json', 'one JSON object: items, products, sources')
    .action(showCommand);
  documented(withConnection(show), ['lamp catalog show', 'lamp catalog show --os macOS --release 15']);
  const refresh = catalog
    .command('refresh')
    .summary('fetch the feeds now')
    .description('Has the feeds fetched that the settings name, and waits for what comes of it.')
    .argument('[source...]', 'some of them: gdmf, sofa-macos, sofa-ios, sucatalog; all when absent')
    .option('--json', 'one JSON array of sources')
    .action(refreshCommand);
  documented(withConnection(refresh), ['lamp catalog refresh', 'lamp catalog refresh gdmf']);
  const take = catalog
    .command('import')
    .summary('take in a feed from a file')
    .description(
      'Takes in a copy of a feed, in the place of the former one: GDMF (/v2/pmv), SOFA (macos_data_feed.json, ios_data_feed.json) or a software update catalogue (.sucatalog, also .gz). All of it is taken in, or nothing.',
    )
    .argument('<file>', 'the file; - reads standard input')
    .addOption(
      new Option('--kind <kind>', 'what it has to be (default: told by its content)').choices([
        'gdmf',
        'sofa',
        'sucatalog',
      ]),
    )
    .option('--force', 'also where it lists less than half of what the former copy did')
    .option('--json', 'one JSON object: source, releases, products, added')
    .action(importCommand);
  documented(withConnection(take), [
    'lamp catalog import pmv.json',
    'lamp catalog import macos_data_feed.json --kind sofa',
    'curl -s --cacert AppleRootCA.pem https://gdmf.apple.com/v2/pmv | lamp catalog import -',
  ]);
}

async function showCommand({ os, model, release, ...options }: ShowOptions): Promise<void> {
  const filter = CatalogFilter.safeParse({ os, model, version: release });
  if (!filter.success) throw new LampError(filter.error.issues[0]!.message, 'lamp catalog show --help', exitCode.usage);
  const catalog = await showCatalog(connect(options), filter.data);
  if (options.json === true) return print(JSON.stringify(catalog));
  const { items, products, sources } = catalog;
  const rows = items.map((one) => [
    one.platforms.join(', ') || one.os,
    [one.version, one.versionExtra].filter(Boolean).join(' '),
    one.build || '-',
    one.postedAt,
    one.expiresAt ?? '-',
    number(one.devices),
    [...one.lists, ...(one.beta ? ['beta: never a target'] : [])].join(', '),
  ]);
  if (rows.length > 0) print(table(['OS', 'version', 'build', 'posted', 'expires', 'models', 'listed as'], rows));
  else
    print(
      'No such release is known. lamp catalog import takes in a feed; LAMP_GDMF_URL has it fetched (docs/catalog.md).',
    );
  if (options.products === true && products.length > 0) {
    const keys = products.map((one) => [
      one.productKey,
      one.kind,
      one.version ?? '-',
      one.build ?? '-',
      one.name ?? '-',
    ]);
    print(`\n${table(['product key', 'kind', 'version', 'build', 'name'], keys)}`);
  }
  print(`\n${describeSources(sources)}`);
}

/** Where the catalogue comes from, for a person. */
export function describeSources(sources: readonly CatalogSource[]): string {
  if (sources.length === 0) return 'No feed has been fetched or imported yet.';
  const rows = sources.map((one) => [
    one.source,
    one.state,
    number(one.releases),
    number(one.products),
    dateTime(one.copyAt),
    one.copyFrom ?? '-',
    dateTime(one.succeededAt),
    dateTime(one.nextAt),
  ]);
  const head = ['source', 'state', 'releases', 'products', 'copy since (UTC)', 'brought by', 'last good fetch', 'next'];
  return [table(head, rows), ...sources.flatMap(failureOf)].join('\n');
}

function failureOf({ source, failure }: CatalogSource): string[] {
  if (failure === null) return [];
  const { message, remedy, since, attempts } = failure;
  const lines = [`✗ ${source} has failed ${count(attempts, 'time')} since ${dateTime(since)}: ${message}`];
  return remedy === null ? lines : [...lines, `  → ${remedy}`];
}

const PATIENCE_MS = 150_000;

async function refreshCommand(names: string[], options: Options): Promise<void> {
  const api = connect(options);
  const before = await attempts(api);
  const asked = new Set((await refreshCatalog(api, names)).sources);
  const deadline = Date.now() + PATIENCE_MS;
  let sources: CatalogSource[] = [];
  for (let isDone = false; !isDone;) {
    await sleep(500);
    sources = (await showCatalog(api)).sources.filter(({ source }) => asked.has(source));
    isDone = sources.every((one) => one.state !== 'fetching' && one.attemptedAt !== before.get(one.source));
    if (!isDone && Date.now() > deadline)
      throw new LampError('The feeds were not fetched in time.', 'lamp status tells whether update-scheduler runs.');
  }
  print(options.json === true ? JSON.stringify(sources) : describeSources(sources));
  if (sources.some(({ failure }) => failure !== null)) process.exitCode = exitCode.failed;
}

async function attempts(api: ApiClient): Promise<Map<string, string | null>> {
  return new Map((await showCatalog(api)).sources.map((one) => [one.source, one.attemptedAt]));
}

async function importCommand(file: string, { kind, force, ...options }: ImportOptions): Promise<void> {
  const name = file === '-' ? undefined : basename(file);
  const done = await importFeed(connect(options), bytesOf(file), { kind, force, name });
  if (options.json === true) return print(JSON.stringify(done));
  const products = done.products === undefined || done.products === 0 ? '' : `, ${count(done.products, 'product')}`;
  print(
    `${done.source ?? 'feed'}: ${count(done.releases, 'release')}${products} read, ${number(done.added)} of them new.`,
  );
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    throw new LampError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Check the path.',
      exitCode.usage,
    );
  }
}
