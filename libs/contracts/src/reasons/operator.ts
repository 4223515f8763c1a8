import type { ReasonEntry } from './reason.ts';

/** The window, and what people here decided. */
export const OPERATOR_REASONS = {
  'window-closed': {
    class: 'window',
    title: 'The window was too short',
    explanation: 'The stop time came before the update was through. Nothing is sent after it.',
    retry: 'next-window',
    action: 'Nothing. Where it happens to many devices: a longer window, or a higher pace.',
  },
  'not-finished': {
    class: 'window',
    title: 'Not finished in time',
    explanation:
      'The device took the update and answers, but did not finish within the hours after the window in which it is followed.',
    retry: 'next-window',
    action: 'Check power, network and free space on the device, and whether it waits for a restart.',
  },
  aborted: {
    class: 'operator',
    title: 'The rollout was aborted',
    explanation: 'An operator aborted the rollout before the device took the update.',
    retry: 'never',
    action: 'Change the policy: its new version begins a new rollout.',
  },
  'past-recall': {
    class: 'operator',
    title: 'It was installing already',
    explanation:
      'The rollout was paused, or the ring halted, while the device was installing by itself: that cannot be taken back.',
    retry: 'not-needed',
    action: 'Nothing: it is followed to its end.',
  },
  'told-anew': {
    class: 'operator',
    title: 'Another rollout has told it since',
    explanation:
      'The device has gone to another policy, or its policy to a new version, whose rollout has told it by declaration when to install.',
    retry: 'not-needed',
    action: 'Nothing: look at the newer rollout.',
  },
  cancelled: {
    class: 'operator',
    title: 'The command was taken back',
    explanation: "An operator took the command out of the device's queue before the device had it.",
    retry: 'next-window',
    action: 'Nothing.',
  },
  'command-replaced': {
    class: 'operator',
    title: 'A newer command took its place',
    explanation: 'Another ScheduleOSUpdate was sent to the device before this one was handed over.',
    retry: 'next-window',
    action: 'See in its timeline who sent the other one.',
  },
  'download-only': {
    class: 'operator',
    title: 'Downloaded, as the policy says',
    explanation: 'The policy only downloads. The update lies on the device and is not installed.',
    retry: 'not-needed',
    action: 'To install it, give the policy an install action.',
  },
  'notify-only': {
    class: 'operator',
    title: 'The user was told, as the policy says',
    explanation: 'The policy only tells the user that there is an update. Nothing is installed.',
    retry: 'next-window',
    action: 'To install it, give the policy an install action or a deadline.',
  },
} satisfies Record<string, ReasonEntry>;
