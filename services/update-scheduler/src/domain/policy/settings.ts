import { strangeKeys, validateDeclaration } from '@lamplighter/apple';
import { SETTINGS_TYPE } from '../software-update-settings.ts';
import type { Judgement } from './judge.ts';

/** Software update settings are Apple's own keys: they are held to Apple's schema. */
export function judgeSettings(judgement: Judgement): void {
  const { settings } = judgement.spec;
  if (settings === undefined) return;
  for (const fault of validateDeclaration(SETTINGS_TYPE, settings)) {
    judgement.fault(pathOf(fault.path), {
      message: fault.message,
      remedy: `write it as Apple’s schema of ${SETTINGS_TYPE} has it`,
    });
  }
  for (const key of strangeKeys(SETTINGS_TYPE, settings))
    judgement.warn(pathOf(key), {
      message: 'Apple’s schema knows no such key, and devices pass over what they do not know',
      remedy: 'correct its name (upper and lower case count), or leave it where it is of a newer OS',
    });
}

/** `Beta.OfferPrograms[0].Token` of the settings, as a path of the policy. */
function pathOf(path: string): string[] {
  return ['settings', ...path.split(/[.[\]]+/).filter((part) => part !== '')];
}
