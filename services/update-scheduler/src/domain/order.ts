import { compareOsVersions, type InstallAction, installActionsOf, majorOf } from '@lamplighter/apple';
import type { PolicyAction } from '@lamplighter/contracts';
import type { Step, Terms, Update } from './update.ts';

export type OrderStep = Extract<Step, 'download' | 'install' | 'install-fallback'>;

/** How a ScheduleOSUpdate asks for the update. */
export interface Order {
  installAction: InstallAction;
  maxUserDeferrals?: number;
  priority?: 'Low' | 'High';
  /** What of the policy the device cannot take, and what takes its place: for people. Empty where it is as the policy says. */
  notes: string[];
}

type Versions = Pick<Update, 'platform' | 'fromVersion' | 'targetVersion'>;
type Wish = Pick<Terms, 'now' | 'installAction' | 'maxUserDeferrals' | 'updatePriority' | 'deadlineAt'>;

export function isOrder(step: Step): step is OrderStep {
  return step === 'download' || step === 'install' || step === 'install-fallback';
}

/**
 * These never install, and nothing that does takes their place before the deadline; but for a Mac that refuses NotifyOnly for a major
 * update, which the policy's author was warned of.
 */
const HARMLESS: ReadonlySet<PolicyAction> = new Set(['DownloadOnly', 'NotifyOnly']);

export function isHarmless(action: PolicyAction): boolean {
  return HARMLESS.has(action);
}

export function isPastDeadline({ now, deadlineAt }: Pick<Wish, 'now' | 'deadlineAt'>): boolean {
  return deadlineAt !== null && now >= deadlineAt;
}

/** A new major version of the OS: of macOS 10, whose second number counts, too. */
export function isMajorStep({ platform, fromVersion, targetVersion }: Versions): boolean {
  if (fromVersion === null) return false;
  if (majorOf(fromVersion) !== majorOf(targetVersion)) return true;
  return (
    platform === 'macOS' && majorOf(fromVersion) === 10 && fromVersion.split('.')[1] !== targetVersion.split('.')[1]
  );
}

/** The policy's wish, as far as device and update can take it. Undefined where only something that installs would be left. */
export function orderFor(step: OrderStep, update: Versions, wish: Wish): Order | undefined {
  if (update.platform !== 'macOS') return onTwoSteps(step, update, wish);
  const first = firstOnMac(update, wish);
  if (step !== 'install-fallback') return { ...first, ...termsOfMac(update, wish, first) };
  if (first.installAction === 'NotifyOnly' && isMajorStep(update)) return asap('NotifyOnly', MAJOR);
  if (isHarmless(first.installAction)) return undefined;
  return { installAction: first.installAction === 'InstallASAP' ? 'Default' : 'InstallASAP', notes: [] };
}

function onTwoSteps(step: OrderStep, update: Versions, { installAction: wanted, ...wish }: Wish): Order | undefined {
  const forced = isPastDeadline(wish);
  const instead = (installAction: InstallAction): Order => ({
    installAction,
    notes:
      wanted === installAction || installActionsOf(update.platform, update.fromVersion ?? '').includes(wanted)
        ? []
        : [replaced(wanted, installAction, `${update.platform} does not know it`)],
  });
  if (isHarmless(wanted) && !forced) return step === 'install-fallback' ? undefined : instead('DownloadOnly');
  if (step === 'download') return { installAction: 'Default', notes: [] };
  const first = instead(wanted === 'Default' && !forced ? 'Default' : 'InstallASAP');
  if (step === 'install') return first;
  return { installAction: first.installAction === 'InstallASAP' ? 'Default' : 'InstallASAP', notes: [] };
}

const replaced = (wanted: string, by: string, why: string): string => `${wanted} is replaced by ${by}: ${why}`;

function firstOnMac(update: Versions, wish: Wish): Order {
  const { fromVersion } = update;
  const known = fromVersion === null ? [] : installActionsOf('macOS', fromVersion);
  const isMajor = isMajorStep(update);
  if (isPastDeadline(wish)) {
    const installAction = !isMajor && known.includes('InstallForceRestart') ? 'InstallForceRestart' : 'InstallASAP';
    return { installAction, notes: ['the deadline has passed'] };
  }
  const wanted = wish.installAction;
  if (isHarmless(wanted) || wanted === 'InstallASAP') return { installAction: wanted, notes: [] };
  if (isMajor) return asap(wanted, MAJOR);
  if (known.includes(wanted)) return { installAction: wanted, notes: [] };
  return asap(wanted, fromVersion === null ? 'its version is not known' : `macOS ${fromVersion} does not know it`);
}

const MAJOR = 'a major update takes nothing else';

function asap(wanted: InstallAction, why: string): Order {
  return { installAction: 'InstallASAP', notes: [replaced(wanted, 'InstallASAP', why)] };
}

/** MaxUserDeferrals: macOS 12, with InstallLater. Priority: macOS 12.3. Both for minor updates alone. */
function termsOfMac(update: Versions, wish: Wish, order: Order): Omit<Order, 'installAction'> {
  const notes = [...order.notes];
  const lacks = (since: string): string | undefined => {
    if (isMajorStep(update)) return 'is for minor updates only';
    return update.fromVersion !== null && compareOsVersions(update.fromVersion, since) >= 0
      ? undefined
      : `came with macOS ${since}`;
  };
  const terms: Omit<Order, 'installAction'> = { notes };
  if (wish.maxUserDeferrals !== undefined && order.installAction === 'InstallLater') {
    const why = lacks('12.0');
    if (why === undefined) terms.maxUserDeferrals = wish.maxUserDeferrals;
    else notes.push(`MaxUserDeferrals is left out: it ${why}`);
  }
  if (wish.updatePriority !== undefined) {
    const why = lacks('12.3');
    if (why === undefined) terms.priority = wish.updatePriority;
    else notes.push(`Priority is left out: it ${why}`);
  }
  return terms;
}
