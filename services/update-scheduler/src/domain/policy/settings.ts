import { validateDeclaration } from '@lamplighter/apple';
import { SETTINGS_TYPE } from '../software-update-settings.ts';
import type { Judgement } from './judge.ts';

/** Software update settings are Apple's own keys: they are held to Apple's schema. */
export function judgeSettings(judgement: Judgement): void {
  const { settings } = judgement.spec;
  if (settings === undefined) return;
  for (const fault of validateDeclaration(SETTINGS_TYPE, settings)) {
    const path = ['settings', ...fault.path.split(/[.[\]]+/).filter((part) => part !== '')];
    judgement.fault(path, { message: fault.message, remedy: `write it as Apple’s schema of ${SETTINGS_TYPE} has it` });
  }
}
