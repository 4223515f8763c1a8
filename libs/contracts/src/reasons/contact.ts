import type { ReasonEntry } from './reason.ts';

/** The device does not come, puts it off, or cannot be understood. */
export const CONTACT_REASONS = {
  'not-now': {
    class: 'device-busy',
    title: 'The device says NotNow',
    explanation:
      'The device is busy or locked and puts the command off; a Mac that sleeps on battery does so too. The command waits for its next connection.',
    retry: 'later-in-this-window',
    action: 'Nothing at first. Where it goes on for nights: have the device on power, started and unlocked once.',
  },
  'no-contact': {
    class: 'contact',
    title: 'The device did not come',
    explanation: 'It was woken, and did not connect before the stop time. It was told nothing.',
    retry: 'next-window',
    action: 'Check that it is switched on and on a network that lets Apple push notifications through.',
  },
  'no-answer': {
    class: 'contact',
    title: 'No answer to the update command',
    explanation: 'The device had the command in hand and has not answered it. It is asked how far it is.',
    retry: 'later-in-this-window',
    action: 'Nothing at first.',
  },
  silent: {
    class: 'contact',
    title: 'Silent since it took the update',
    explanation: 'The device took the command to download, and has not been heard of since.',
    retry: 'next-window',
    action: 'Check that it is switched on and on the network.',
  },
  'silent-after-restart': {
    class: 'contact',
    title: 'Silent since the installation',
    explanation:
      'The device was told to install and has not been heard of since. It may wait at its login window, be off, or hang in the installation.',
    retry: 'next-window',
    action: 'Look at the device. On a Mac with FileVault somebody may have to log in once.',
  },
  'unreadable-answer': {
    class: 'unknown',
    title: 'The answer could not be read',
    explanation: 'The device answered with something that is no sound property list.',
    retry: 'next-window',
    action: 'Report it with the raw answer from the device history.',
  },
  'left-management': {
    class: 'management',
    title: 'No longer enrolled',
    explanation: 'The device was removed from management, or the server does not know it any more.',
    retry: 'when-facts-change',
    action: 'Enroll it again.',
  },
} satisfies Record<string, ReasonEntry>;
