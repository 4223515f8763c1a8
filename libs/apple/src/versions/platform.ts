export type Platform = 'macOS' | 'iOS' | 'iPadOS' | 'tvOS' | 'visionOS' | 'watchOS' | 'unknown';

const PREFIXES: readonly (readonly [string, Platform])[] = [
  ['Mac', 'macOS'],
  ['iMac', 'macOS'],
  ['VirtualMac', 'macOS'],
  ['iPhone', 'iOS'],
  ['iPod', 'iOS'],
  ['iPad', 'iPadOS'],
  ['AppleTV', 'tvOS'],
  ['RealityDevice', 'visionOS'],
  ['Watch', 'watchOS'],
];

/**
 * From ProductName (`Mac16,1`, `iPhone15,2`), else from Model, which is the same identifier on Macs.
 * `unknown` where neither tells.
 */
export function platformOf(productName: string | undefined, model?: string): Platform {
  for (const name of [productName, model]) {
    const found = PREFIXES.find(([prefix]) => name?.startsWith(prefix));
    if (found) return found[1];
  }
  return 'unknown';
}
