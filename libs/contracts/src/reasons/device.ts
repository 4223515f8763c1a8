import type { ReasonEntry } from './reason.ts';

/** What keeps a device from downloading or installing. */
export const DEVICE_REASONS = {
  'waiting-for-power': {
    class: 'power',
    title: 'Waits, probably for power',
    explanation:
      'The device took the update, yet does nothing: neither download nor installation runs. Most often it is not on power.',
    retry: 'later-in-this-window',
    action: 'Have it connected to power, and charged to half at least.',
  },
  'waiting-for-restart': {
    class: 'user',
    title: 'Downloaded, waits for a restart',
    explanation:
      'The update is downloaded and prepared. The device waits for a moment to restart, or for its user to do it.',
    retry: 'later-in-this-window',
    action: 'Have the device restarted; or give the policy a deadline, or InstallForceRestart on a Mac.',
  },
  'user-postponed': {
    class: 'user',
    title: 'The user has put it off',
    explanation:
      'The user chose a later time for the installation. It is respected: another command would start it at once.',
    retry: 'later-in-this-window',
    action: 'Nothing; or give the policy a deadline, from which on the installation is forced.',
  },
  'user-rejected': {
    class: 'user',
    title: 'The user declined',
    explanation: 'The user was asked and declined the update.',
    retry: 'next-window',
    action: 'Talk to the user, or give the policy a deadline.',
  },
  'user-logged-in': {
    class: 'user',
    title: 'A user is logged in',
    explanation: 'The device does not update while a user is logged in.',
    retry: 'next-window',
    action: 'Have the user log out, or choose a window in which nobody works.',
  },
  'phone-call-in-progress': {
    class: 'device-busy',
    title: 'A phone call was going on',
    explanation: 'The device does not install during a call.',
    retry: 'next-window',
    action: 'Nothing.',
  },
  'passcode-required': {
    class: 'user',
    title: 'The passcode is needed',
    explanation: 'The device must be unlocked with its passcode before the update can start.',
    retry: 'next-window',
    action: 'Have the device unlocked, or clear its passcode.',
  },
  'lost-mode': {
    class: 'management',
    title: 'In Lost Mode',
    explanation: 'The device is in Lost Mode and does not update.',
    retry: 'next-window',
    action: 'End Lost Mode once the device is found.',
  },
  stalled: {
    class: 'device-failed',
    title: 'Makes no progress',
    explanation:
      'The device answers, but the update has not moved for hours, also after the command was sent once more.',
    retry: 'next-window',
    action: 'Restart the device. Check its network and its free space.',
  },
  'insufficient-space': {
    class: 'space',
    title: 'Too little free space',
    explanation: 'The device has not enough free space to download or to install the update.',
    retry: 'next-window',
    action: 'Free space on the device: a major update needs 20 GB or more on a Mac, and some 10 GB elsewhere.',
  },
  'insufficient-power': {
    class: 'power',
    title: 'Not enough power',
    explanation: 'The battery is too low and the device is not on power.',
    retry: 'next-window',
    action: 'Have it connected to power during the window.',
  },
  'insufficient-network': {
    class: 'network',
    title: 'The network does not suffice',
    explanation: 'The device does not download the update over this network; often it is on mobile data.',
    retry: 'next-window',
    action: 'Bring it onto Wi-Fi or a cable.',
  },
  'download-failed': {
    class: 'network',
    title: 'The download failed',
    explanation: 'The device could not download the update.',
    retry: 'next-window',
    action: "Check that it reaches Apple's update servers, and the content cache if there is one.",
  },
  'download-requires-computer': {
    class: 'device-failed',
    title: 'Needs a computer',
    explanation: 'The device cannot download this update over the air.',
    retry: 'next-window',
    action: 'Update it once with Finder or Apple Configurator.',
  },
  'scan-failed': {
    class: 'device-failed',
    title: 'Could not look for updates',
    explanation: 'The device did not look for updates, or could not.',
    retry: 'next-window',
    action: "Check that it reaches Apple's update servers; restart it.",
  },
  'install-requires-download': {
    class: 'device-failed',
    title: 'Not downloaded yet',
    explanation:
      'The device was told to install an update that it does not have, also after it was told to download it.',
    retry: 'next-window',
    action: 'Nothing.',
  },
  'install-failed': {
    class: 'device-failed',
    title: 'The installation failed',
    explanation: 'The device began to install the update and failed.',
    retry: 'next-window',
    action:
      'Look at the raw error in its history; restart the device. Where it fails for nights, update it by hand once.',
  },
  unknown: {
    class: 'unknown',
    title: 'An error that is not in the table',
    explanation: 'The device reported an error whose meaning is not known here. Its raw form is in the device history.',
    retry: 'next-window',
    action: 'Look at the raw error in the device history.',
  },
} satisfies Record<string, ReasonEntry>;
