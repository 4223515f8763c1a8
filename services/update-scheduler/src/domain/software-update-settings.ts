import { derivedUuid, type NewDeclaration } from '@lamplighter/contracts';

/** What gives a device the settings of its policy: one cause for all policies, so that it has those of one. */
export const SETTINGS_CAUSE = 'software-update-settings';
export const SETTINGS_TYPE = 'com.apple.configuration.softwareupdate.settings';

/** What identifiers of all settings begin with. */
export const SETTINGS_PREFIX = 'io.lamplighter.settings.';

/** What identifiers of a policy's settings begin with, whatever the settings are. */
export function settingsPrefix(policyId: string): string {
  return `${SETTINGS_PREFIX}${policyId}.`;
}

/** The configuration and the activation that makes it hold. Equal settings of a policy have equal identifiers. */
export function settingsDeclarations(policyId: string, settings: Record<string, unknown>): NewDeclaration[] {
  const identifier = `${settingsPrefix(policyId)}${derivedUuid('settings', JSON.stringify(settings))}`;
  return [
    { identifier, type: SETTINGS_TYPE, payload: settings },
    {
      identifier: `${identifier}.activation`,
      type: 'com.apple.activation.simple',
      payload: { StandardConfigurations: [identifier] },
    },
  ];
}
