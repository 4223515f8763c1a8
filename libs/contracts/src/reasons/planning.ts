import type { ReasonEntry } from './reason.ts';

/** Why a policy's plan leaves a device out for now: assignment, precedence, rings and the age of releases. */
export const PLANNING_REASONS = {
  'other-policy': {
    class: 'operator',
    title: 'Another policy has it',
    explanation:
      'Several policies take the device in. The one with the greatest precedence holds, of equals the one that was made first.',
    retry: 'when-facts-change',
    action: 'Nothing, if that policy is the one you want; else give this one a greater precedence.',
  },
  unassigned: {
    class: 'operator',
    title: 'No longer assigned',
    explanation:
      'The policy took the device in before, and does so no more: its facts, a group or the policy has changed.',
    retry: 'when-facts-change',
    action: 'Nothing, or look at the groups that the policy names.',
  },
  'release-too-new': {
    class: 'window',
    title: 'The release is too new',
    explanation: 'The policy takes a release some days after Apple posted it. The only one for this device is younger.',
    retry: 'next-window',
    action: 'Wait, or let the rollout go as an emergency.',
  },
  'security-response-by-declaration': {
    class: 'management',
    title: 'A security improvement that only a declaration brings',
    explanation:
      'The device runs the target version. A Background Security Improvement is listed for it, which update commands do not bring, and it has not said that it takes enforcements by declaration.',
    retry: 'when-facts-change',
    action:
      'Nothing where the device is to declare its capabilities yet; else let it install the improvement by itself (its settings).',
  },
  'no-ring': {
    class: 'operator',
    title: 'No ring takes it in',
    explanation: 'The policy goes out in rings, and the device belongs to none of them.',
    retry: 'when-facts-change',
    action: 'Give the policy a last ring without groups, for all that is left.',
  },
  'ring-not-reached': {
    class: 'window',
    title: 'Its ring has not come yet',
    explanation: "The policy goes out in rings, and the day of the device's ring has not come.",
    retry: 'next-window',
    action: 'Wait; the rollout shows the day of each ring.',
  },
  paused: {
    class: 'operator',
    title: 'Paused',
    explanation:
      'The rollout, its policy or its tenant is paused, or was when the window closed: the device is told nothing.',
    retry: 'next-window',
    action:
      'Resume it. While the window sends, a device that is being asked goes on with its next answer, and what was taken back is told anew.',
  },
  'ring-halted': {
    class: 'operator',
    title: 'Its ring is halted',
    explanation:
      'Too many devices of the rings before it failed, were busy, or fell silent: the health gate holds this ring back.',
    retry: 'never',
    action: 'Look why the earlier rings fail. Then resume the rollout with an override, or abort it.',
  },
} satisfies Record<string, ReasonEntry>;
