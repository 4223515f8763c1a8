import { describe, expect, it } from '@jest/globals';
import { ddmEnforcementSupported, mdmUpdateCommandsSupported } from './lanes.ts';
import { compareOsVersions, isOsVersion, osVersionKey } from './os-version.ts';
import { platformOf } from './platform.ts';

describe('OS versions', () => {
  it('compare by number, part by part', () => {
    expect(compareOsVersions('15.7.1', '15.7')).toBeGreaterThan(0);
    expect(compareOsVersions('15.10', '15.9')).toBeGreaterThan(0);
    expect(compareOsVersions('15', '15.0.0')).toBe(0);
    expect(compareOsVersions('9.3.6', '26.0')).toBeLessThan(0);
    expect(compareOsVersions('24G231', '9.0')).toBeLessThan(0);
  });

  it('have a key that sorts as they do', () => {
    expect(osVersionKey('15.7.1')).toBe(15_007_001);
    expect(osVersionKey('26')).toBe(26_000_000);
    expect(osVersionKey('24G231')).toBe(-1);
    expect(isOsVersion('15.7.1 (a)')).toBe(false);
  });
});

describe('the platform', () => {
  it.each([
    ['Mac16,1', 'macOS'],
    ['MacBookPro18,3', 'macOS'],
    ['iMac21,1', 'macOS'],
    ['VirtualMac2,1', 'macOS'],
    ['iPhone15,2', 'iOS'],
    ['iPod9,1', 'iOS'],
    ['iPad13,4', 'iPadOS'],
    ['AppleTV14,1', 'tvOS'],
    ['RealityDevice14,1', 'visionOS'],
    ['Watch7,1', 'watchOS'],
    ['Toaster1,1', 'unknown'],
  ])('of %s is %s', (productName, platform) => {
    expect(platformOf(productName)).toBe(platform);
  });

  it('comes from the model where there is no product name', () => {
    expect(platformOf(undefined, 'MacBookAir10,1')).toBe('macOS');
    expect(platformOf(undefined)).toBe('unknown');
  });
});

describe('the lanes of an OS', () => {
  it('are MDM commands below DDM, both to 26, DDM alone from 27', () => {
    const lanes = (version: string) => [
      mdmUpdateCommandsSupported('macOS', version),
      ddmEnforcementSupported('macOS', version),
    ];
    expect(lanes('13.6')).toEqual([true, false]);
    expect(lanes('14.0')).toEqual([true, true]);
    expect(lanes('26.4.1')).toEqual([true, true]);
    expect(lanes('27.0')).toEqual([false, true]);
    expect(lanes('?')).toEqual([false, false]);
  });

  it('differ by platform', () => {
    expect(ddmEnforcementSupported('tvOS', '18.3')).toBe(false);
    expect(ddmEnforcementSupported('tvOS', '18.4')).toBe(true);
    expect(mdmUpdateCommandsSupported('visionOS', '2.0')).toBe(false);
    expect(ddmEnforcementSupported('watchOS', '11.0')).toBe(false);
  });
});
