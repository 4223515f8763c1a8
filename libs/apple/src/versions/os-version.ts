/** `15`, `15.7`, `15.7.1`, `15.7.1.2`; a suffix such as ` (a)` is not part of it. */
const VERSION = /^(\d{1,4})(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?$/;

const known = new Map<string, readonly number[]>();
const KEPT = 1_000;

/** A fleet has few versions, and each is compared several times for each thing that a device says. */
function partsOf(version: string): readonly number[] | undefined {
  const kept = known.get(version);
  if (kept !== undefined) return kept;
  const match = VERSION.exec(version.trim());
  const parts = match?.slice(1).map((part) => Number(part ?? 0));
  if (known.size >= KEPT) known.clear();
  if (parts !== undefined) known.set(version, parts);
  return parts;
}

/** Whether the text is an OS version that can be compared (a build such as `24G231` is not). */
export function isOsVersion(version: string): boolean {
  return VERSION.test(version.trim());
}

/**
 * Negative where `a` is older, 0 where equal (`15.7` is `15.7.0`), positive where newer.
 * What is no version is older than any version.
 */
export function compareOsVersions(a: string, b: string): number {
  const left = partsOf(a) ?? [-1];
  const right = partsOf(b) ?? [-1];
  for (let i = 0; i < 4; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** major·10⁶ + minor·10³ + patch, for comparisons in SQL; −1 where the text is no version. */
export function osVersionKey(version: string): number {
  const parts = partsOf(version);
  if (!parts) return -1;
  const [major = 0, minor = 0, patch = 0] = parts;
  return major * 1_000_000 + minor * 1_000 + patch;
}

export function majorOf(version: string): number {
  return partsOf(version)?.[0] ?? -1;
}
