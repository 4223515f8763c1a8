import { compareOsVersions } from '@lamplighter/apple';
import type { Observation } from '@lamplighter/contracts';

export type Product = Extract<Observation, { kind: 'available-updates' }>['products'][number];

/** `keys`: what to schedule. `config-data`: the target is not offered, but an item that may bring its full installer out is. */
export type Choice = { kind: 'target' | 'config-data'; keys: string[] } | { kind: 'empty' | 'other' };

/**
 * The product that brings exactly the target. Never a Background Security Improvement, which shares its base's version.
 * Version may be missing or hold a build (macOS majors), so the build also counts, alone or within the key.
 */
export function chooseProduct(
  products: readonly Product[],
  target: { version: string; build: string; isMinor: boolean },
): Choice {
  if (products.length === 0) return { kind: 'empty' };
  const offered = products.filter((product) => !product.isConfigDataUpdate && !product.isSecurityResponse);
  const byBuild = offered.find((product) => isBuild(product, target.build));
  const found =
    byBuild ?? offered.find((product) => product.version !== undefined && isVersion(product.version, target.version));
  if (found) return { kind: 'target', keys: [found.productKey] };
  // Behind these macOS holds full installers back; others (XProtect and its like) have nothing to do with the target.
  const configData = target.isMinor ? [] : products.filter((product) => product.isConfigDataUpdate);
  if (configData.length > 0)
    return {
      kind: 'config-data',
      keys: configData.map((product) => product.productKey).toSorted(),
    };
  return { kind: 'other' };
}

function isBuild(product: Product, build: string): boolean {
  if (build === '') return false;
  if (product.build !== undefined) return product.build === build;
  return product.version === build || product.productKey.endsWith(build);
}

function isVersion(version: string, target: string): boolean {
  return /^\d+(\.\d+)*$/.test(version) && compareOsVersions(version, target) === 0;
}
