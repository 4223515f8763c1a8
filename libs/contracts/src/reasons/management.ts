import type { ReasonEntry } from './reason.ts';

/** How the device is enrolled and managed, and commands that it does not take. */
export const MANAGEMENT_REASONS = {
  superseded: {
    class: 'management',
    title: 'A declaration brings the update',
    explanation: 'An enforcement declaration is active on the device, which ignores update commands meanwhile.',
    retry: 'not-needed',
    action: 'Nothing: the declaration brings the update. Remove it if commands should do so.',
  },
  'bootstrap-token-missing': {
    class: 'management',
    title: 'No bootstrap token',
    explanation:
      'A Mac with Apple silicon needs a bootstrap token in escrow to authorize the update, and there is none.',
    retry: 'next-window',
    action:
      'Have a user with a secure token log in once, or run `profiles install -type bootstraptoken` as one. The Mac then hands its token in.',
  },
  'requires-automated-enrollment': {
    class: 'management',
    title: 'Needs Automated Device Enrollment',
    explanation: 'The Mac takes this update only when it was enrolled through Automated Device Enrollment.',
    retry: 'next-window',
    action: 'Assign it in Apple Business or School Manager and enroll it through Automated Device Enrollment.',
  },
  'unsupported-command': {
    class: 'device-failed',
    title: 'No install action fits',
    explanation: 'The device took none of the install actions that were tried for this update.',
    retry: 'next-window',
    action: 'Choose another install action in the policy; InstallASAP is the one that most devices take.',
  },
  'invalid-request-type': {
    class: 'management',
    title: 'No update commands any more',
    explanation: 'The device does not know this command. OS 27 has removed the update commands.',
    retry: 'when-facts-change',
    action: 'Enable declarative management for the device.',
  },
  removed: {
    class: 'management',
    title: 'No update commands any more',
    explanation: "The device's OS version has no update commands any more, so none was queued.",
    retry: 'when-facts-change',
    action: 'Enable declarative management for the device.',
  },
  'not-introduced': {
    class: 'eligibility',
    title: 'The OS is too old for the command',
    explanation: "The device's OS version does not know this command yet, so it was not queued.",
    retry: 'when-facts-change',
    action: 'Update the device by hand once.',
  },
  platform: {
    class: 'eligibility',
    title: 'The platform lacks the command',
    explanation: "The device's platform does not know this command, so it was not queued.",
    retry: 'when-facts-change',
    action: 'Take the platform out of the policy, or enable declarative management for the device.',
  },
  channel: {
    class: 'eligibility',
    title: 'Wrong channel',
    explanation: 'The command goes to devices, not to users of devices, so it was not queued.',
    retry: 'when-facts-change',
    action: 'Report it: plans hold devices only.',
  },
  'user-enrollment': {
    class: 'eligibility',
    title: 'User Enrollment',
    explanation: "The device is its user's own (User Enrollment). Such devices take no update commands.",
    retry: 'when-facts-change',
    action: 'Leave it out of the policy, or enroll it as a device.',
  },
  'shared-ipad': {
    class: 'eligibility',
    title: 'Shared iPad',
    explanation: 'A Shared iPad does not take this command, so it was not queued.',
    retry: 'when-facts-change',
    action: 'Leave it out of the policy.',
  },
  malformed: {
    class: 'unknown',
    title: 'The command was malformed',
    explanation: 'The queue did not take the command, because it is not as Apple describes it.',
    retry: 'next-window',
    action: 'Report it with the timeline of the device.',
  },
  'refused-by-server': {
    class: 'management',
    title: 'The other MDM server refused the command',
    explanation: 'The device belongs to another MDM server, which did not take the command for it.',
    retry: 'next-window',
    action: 'See what that server said in the timeline of the device.',
  },
} satisfies Record<string, ReasonEntry>;
