import type { RuleLine } from '../rule.ts';
import type { Step } from '../update.ts';

const ENFORCE: readonly Step[] = ['enforce'];

/** The declarative lane: the device has a declaration and a time, and tells by itself how far it is. */
export const ENFORCING: readonly RuleLine[] = [
  [
    ENFORCE,
    'declared-waiting',
    'same',
    'stay',
    'The device has the declaration and waits for its time.',
    'waiting-for-its-time',
  ],
  [ENFORCE, 'declared-downloading', 'downloading', 'stay', 'The device is downloading.'],
  [
    ENFORCE,
    'declared-prepared',
    'downloaded',
    'stay',
    'The update is prepared; the device waits for its time.',
    'waiting-for-its-time',
  ],
  [ENFORCE, 'declared-installing', 'installing', 'stay', 'The device is installing.'],
  [ENFORCE, 'declared-failed', 'same', 'stay', 'The device failed, and tries again by itself.'],
  [ENFORCE, 'declared-stopped', 'commanded', 'stay', 'The device installs no more; it tries again by itself.'],
  [ENFORCE, 'declared-refused', 'failed', 'end', 'The device does not put the declaration into effect.'],
  [
    ENFORCE,
    'overdue',
    'failed',
    'end',
    'The time of the enforcement has passed, and the device does not run the target.',
  ],
];
