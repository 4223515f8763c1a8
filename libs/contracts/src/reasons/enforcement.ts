import type { ReasonEntry } from './reason.ts';

/** The declarative lane. */
export const ENFORCEMENT_REASONS = {
  'waiting-for-its-time': {
    class: 'window',
    title: 'Waits for its time',
    explanation:
      'The device has been told when to install, downloads meanwhile and reminds its user. It installs by itself at that time, in its own zone.',
    retry: 'later-in-this-window',
    action: 'Nothing. The user may install earlier.',
  },
  'enforcement-failing': {
    class: 'device-failed',
    title: 'The device failed to install',
    explanation:
      'The device tried to bring the declared update about and failed. It tries again by itself; what it said is in its history.',
    retry: 'later-in-this-window',
    action: 'Read what the device said. Often it is power, free space or the network.',
  },
  'declaration-refused': {
    class: 'management',
    title: 'The device refuses the declaration',
    explanation:
      'The device has the declaration and does not put it into effect: the target is not above what it runs, Apple does not list it for this device, or the device is not supervised.',
    retry: 'next-window',
    action: 'Read what the device said; check the target and that the device is supervised.',
  },
  'not-enforceable': {
    class: 'catalog',
    title: 'Apple does not list the release for this model',
    explanation:
      'The device takes updates by declaration, and brings about only what Apple’s own feed (GDMF) lists for its model. The release is known from another feed alone.',
    retry: 'next-window',
    action: 'Check that the GDMF feed is fetched and fresh (lamp catalog show); Apple may list it later.',
  },
  'not-enforced': {
    class: 'contact',
    title: 'Not installed at its time',
    explanation:
      'The time at which the device should have installed has passed, with the hours that it is given after it, and the device has not reported the target version.',
    retry: 'next-window',
    action: 'Check that the device is switched on and on the network. It installs about an hour after it is started.',
  },
} satisfies Record<string, ReasonEntry>;
