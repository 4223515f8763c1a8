import type { ReasonEntry } from './reason.ts';

const NOTHING = 'Nothing.';

/** Why a plan leaves a device out, and what Apple's releases have to do with it. */
export const ELIGIBILITY_REASONS = {
  'already-at-target': {
    class: 'done',
    title: 'Up to date',
    explanation: 'The device runs the target version or a newer one. It gets no command.',
    retry: 'not-needed',
    action: NOTHING,
  },
  'facts-missing': {
    class: 'eligibility',
    title: 'Not enough is known of the device',
    explanation: 'Its OS version, its model or whether it is supervised is not known yet, so no target can be chosen.',
    retry: 'when-facts-change',
    action: 'Wake the device. It is asked for its facts at its next connection.',
  },
  'not-supervised': {
    class: 'eligibility',
    title: 'Not supervised',
    explanation: 'Apple lets only supervised devices take update commands.',
    retry: 'when-facts-change',
    action: 'Enroll the device through Automated Device Enrollment, or supervise it with Apple Configurator.',
  },
  'no-release': {
    class: 'catalog',
    title: 'No release fits',
    explanation: "Apple's feed lists no release for this model that the policy's target allows.",
    retry: 'next-window',
    action: "Check the policy's target and bounds, and that the catalogue is fresh.",
  },
  'other-rollout': {
    class: 'window',
    title: 'Another rollout has it',
    explanation: 'The device takes part in another rollout, which has begun. Two would disturb each other.',
    retry: 'next-window',
    action: 'Nothing, if that rollout is the one you want; else abort it.',
  },
  'ddm-lane-pending': {
    class: 'management',
    title: 'Needs declarations',
    explanation:
      'The device takes updates by declaration only (OS 27 or later, visionOS), and has not said here that it takes them: it has not reported since it enrolled, or its declarations come from another server, which is left alone.',
    retry: 'when-facts-change',
    action:
      'Nothing where it enrolled a moment ago. Where it is enrolled with another MDM server, point that server’s DDM hook here, or update it from there. See LAMP_DDM_SUBSCRIPTIONS.',
  },
  'update-not-offered': {
    class: 'catalog',
    title: 'The device does not offer the target',
    explanation: 'The device was asked which updates it can take. The target version is not among them.',
    retry: 'next-window',
    action:
      'Look at the updates that the device lists. A deferral profile, a pending restart or too little space hides an update; Apple may also bring it to this device later.',
  },
  'update-deferred': {
    class: 'catalog',
    title: 'Held back by a deferral',
    explanation: 'A profile on the device defers the update until a date, which its timeline names.',
    retry: 'next-window',
    action: 'Wait for the date, or take the deferral out of the restrictions profile.',
  },
  'installer-held-back': {
    class: 'catalog',
    title: 'macOS holds the installer back',
    explanation:
      'The Mac offered a configuration item first, took it, and offers the same item again instead of the installer.',
    retry: 'next-window',
    action: "Restart the Mac. Check that it reaches Apple's update servers.",
  },
  'no-update-available': {
    class: 'catalog',
    title: 'The device finds no update',
    explanation: 'The device says that there is no update for it.',
    retry: 'next-window',
    action: "Check that the device reaches Apple's update servers, and that no profile defers updates.",
  },
} satisfies Record<string, ReasonEntry>;
