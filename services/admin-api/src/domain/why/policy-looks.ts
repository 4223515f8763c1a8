import { type Outlook, reasonOf } from '@lamplighter/contracts';
import { NEVER, type Verdict } from './answer.ts';
import { type Known, ownUpdate, wasLeftOut } from './known.ts';
import { moment, opening } from './words.ts';

export function noPolicy({ scheduled, device }: Known): Verdict | undefined {
  if (scheduled === undefined || scheduled.outlook !== null) return undefined;
  const count = scheduled.policies.length;
  const near = scheduled.policies[0];
  return {
    verdict: 'No policy takes it in',
    code: 'no-policy',
    class: 'operator',
    explanation:
      near === undefined
        ? 'There is no policy at all.'
        : `None of ${count === 1 ? 'the one policy' : `the ${count} policies`} takes the device in. Policy "${near.name}": ${near.text}.`,
    next: NEVER,
    action: `Make a policy for it, or add it to a group or a policy. "lamp device policies ${device.deviceId}" says of each policy why not.`,
  };
}

const HELD: Record<NonNullable<Outlook['heldBy']>, { verdict: string; action: string }> = {
  'tenant-paused': {
    verdict: 'Everything is paused',
    action: 'Resume it once the cause is gone: "lamp tenant resume".',
  },
  'policy-paused': {
    verdict: 'Its policy is paused',
    action: 'Resume it once the cause is gone: "lamp policy resume <policy>".',
  },
  'rollout-paused': {
    verdict: 'The rollout is paused',
    action: 'Resume it once the cause is gone: "lamp rollout resume <policy>".',
  },
  'rollout-aborted': {
    verdict: 'The rollout was aborted',
    action: 'Change the policy: its new version begins a new rollout.',
  },
};

export function held({ scheduled }: Known): Verdict | undefined {
  const outlook = scheduled?.outlook;
  if (!outlook?.heldBy) return undefined;
  return {
    ...HELD[outlook.heldBy],
    action: HELD[outlook.heldBy].action.replace('<policy>', () => `'${outlook.policyName}'`),
    code: outlook.heldBy,
    class: 'operator',
    explanation: `Policy "${outlook.policyName}" has the device, and somebody here stopped it. Nothing is sent meanwhile.`,
    next: NEVER,
  };
}

/** Nobody could say what the policies make of it. */
export function notAsked({ scheduled }: Known): Verdict | undefined {
  if (scheduled !== undefined) return undefined;
  return {
    verdict: 'Nothing is under way; its policy is not known at the moment',
    code: 'unknown',
    class: 'unknown',
    explanation:
      'update-scheduler does not answer, so nobody can say which policy has the device and when its window opens.',
    next: { text: 'Ask again once update-scheduler is up.', at: null },
    action: 'See that update-scheduler is up: "lamp status".',
  };
}

export function window(known: Known): Verdict {
  const { window: next = null, policyName = '', target = null } = known.scheduled?.outlook ?? {};
  const what = target === null ? 'an update' : target.version;
  const before = leftOutBefore(known);
  if (next === null)
    return {
      verdict: 'No window opens within a year',
      code: 'no-window',
      class: 'operator',
      explanation: `Policy "${policyName}" has the device, and none of its windows opens within a year.`,
      next: NEVER,
      action: 'Look at the windows and blackouts of the policy.',
    };
  if (next.isOpen)
    return {
      verdict: 'Its window is open: it is about to be planned',
      code: 'window-open',
      class: 'window',
      explanation: `The window of policy "${policyName}" is open until ${moment(next.stopsAt, next.zone)}. Devices that enroll or report while it is open join it.${before}`,
      next: { text: `It is planned for ${what} within minutes.`, at: null },
      action: 'Nothing.',
    };
  const shut = next.blackout
    ? ` A blackout from ${next.blackout.from} to ${next.blackout.to} keeps it shut until then.`
    : '';
  return {
    verdict: `Waits for its window, which opens ${opening(next)}`,
    code: 'window-not-open',
    class: 'window',
    explanation: `Policy "${policyName}" has the device and will bring it to ${what}, in its window.${shut}${before}`,
    next: { text: `Its window opens ${opening(next)}.`, at: next.opensAt },
    action: 'Nothing; or let the rollout go as an emergency.',
  };
}

function leftOutBefore(known: Known): string {
  const update = ownUpdate(known);
  if (update?.reason == null || !wasLeftOut(update)) return '';
  const { title } = reasonOf(update.reason);
  return ` In the last plan it took no part: ${title.charAt(0).toLowerCase()}${title.slice(1)}. That holds no more.`;
}
