import { dateIn, dictsIn, numberIn, present, textIn, textsIn } from '../fields.ts';
import { parsePlist } from '../plist/parse.ts';
import { PlistError } from '../plist/plist-error.ts';
import { isDict, type PlistDict } from '../plist/plist-value.ts';
import { BUILD, dayOf, FeedError, titleOf, VERSION } from './feed-error.ts';
import { isSeedBuild, type ListedProduct } from './listed.ts';

/** The merged catalogue of all Macs has some ten thousand products. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads Apple's software update catalogue (`index-….merged-1.sucatalog`, an XML plist). Kept are the products that install
 * macOS: full installers (InstallAssistant), and updates whose ExtendedMetaInfo names a ProductVersion. Most installers do not
 * say their version there. Of a seed catalogue (`seeds`) every product is a beta. Throws FeedError.
 */
export function parseSucatalog(input: string, { seeds = false }: { seeds?: boolean } = {}): ListedProduct[] {
  const root = documentOf(input);
  const products = root['Products'];
  if (products === undefined || !isDict(products)) throw new FeedError('$.Products', 'a dict');
  return Object.entries(products).flatMap(([productKey, product]) => {
    if (!isDict(product)) throw new FeedError('$.Products', 'a dict of dicts');
    const found = readProduct(productKey, product);
    if (found === undefined) return [];
    const isBeta = seeds || isSeedBuild(found.build ?? '') || /\b(beta|seed)\b/i.test(found.name ?? '');
    return [isBeta ? { ...found, beta: true as const } : found];
  });
}

function documentOf(input: string): PlistDict {
  try {
    const root = parsePlist(input, { maxBytes: MAX_BYTES });
    if (isDict(root)) return root;
  } catch (error) {
    if (!(error instanceof PlistError)) throw error;
    throw new FeedError('$', `an XML property list (${error.message})`);
  }
  throw new FeedError('$', 'a dict');
}

function readProduct(productKey: string, product: PlistDict): ListedProduct | undefined {
  const info = product['ExtendedMetaInfo'];
  if (info === undefined || !isDict(info) || !/^[\w.-]{1,100}$/.test(productKey)) return undefined;
  const identifiers = info['InstallAssistantPackageIdentifiers'];
  const installer = identifiers !== undefined && isDict(identifiers) ? identifiers : undefined;
  if (installer === undefined && !isUpdate(info)) return undefined;
  return present({
    productKey,
    kind: installer === undefined ? ('update' as const) : ('installer' as const),
    name: titleOf(textIn(info, 'ProductName')) ?? (installer && installerName(installer)),
    version: matching(textIn(info, 'ProductVersion'), VERSION),
    build: matching(textIn(info, 'BuildVersion'), BUILD),
    postedAt: dayOf(dateIn(product, 'PostDate')?.toISOString()),
    supportedDevices: boards(info),
    sizeBytes: sizeOf(product),
  });
}

/** Rosetta and device support name builds too: those that are no macOS say so, or name no version of it. */
function isUpdate(info: PlistDict): boolean {
  const type = textIn(info, 'ProductType') ?? 'macOS';
  return type === 'macOS' && VERSION.test(textIn(info, 'ProductVersion') ?? '');
}

function sizeOf(product: PlistDict): number | undefined {
  const sizes = dictsIn(product, 'Packages').map((one) => numberIn(one, 'Size') ?? 0);
  return sizes.length === 0 ? undefined : sizes.reduce((sum, size) => sum + size, 0);
}

/** `com.apple.pkg.InstallAssistant.macOSSonoma` is all that many an installer says of itself. */
function installerName(identifiers: PlistDict): string | undefined {
  const match = /\.InstallAssistant\.macOS(\w{1,40})$/.exec(textIn(identifiers, 'SharedSupport') ?? '');
  return match === null ? undefined : `Install macOS ${match[1]!.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')}`;
}

function boards(info: PlistDict): string[] {
  const named = textsIn(info, 'SupportedDeviceModels') ?? textsIn(info, 'SupportedDevices') ?? [];
  return named.filter((one) => /^[\w,.-]{1,64}$/.test(one));
}

function matching(text: string | undefined, form: RegExp): string | undefined {
  return text !== undefined && form.test(text) ? text : undefined;
}
