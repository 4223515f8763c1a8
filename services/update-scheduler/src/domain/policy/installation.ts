import type { Platform, PolicyAction, PolicySpec } from '@lamplighter/contracts';
import type { Judgement, Path } from './judge.ts';

type Term = 'installAction' | 'maxUserDeferrals' | 'updatePriority';
const MAC_ONLY: readonly PolicyAction[] = ['InstallLater', 'NotifyOnly', 'InstallForceRestart'];

/** Apple's limits of ScheduleOSUpdate. */
export function judgeInstallation(judgement: Judgement): void {
  const { spec } = judgement;
  for (const platform of Object.keys(spec.byPlatform) as Platform[]) {
    if (spec.platforms.includes(platform)) continue;
    judgement.fault(['byPlatform', platform], {
      message: `${platform} is not among the platforms of the policy (${spec.platforms.join(', ')})`,
      remedy: `add ${platform} to platforms, or leave byPlatform.${platform} out`,
    });
  }
  for (const field of ['', ...spec.platforms] as const) {
    const platforms = heldBy(spec, field, 'installAction');
    judgeAction(judgement, pathOf(field, 'installAction'), platforms);
    judgePriority(judgement, field);
    judgeDeferrals(judgement, field);
  }
  for (const platform of spec.platforms) warnOfMajors(judgement, platform);
}

/** The platforms for which the field at this place holds: the policy's own (`''`) where the platform has none. */
function heldBy(spec: PolicySpec, field: Platform | '', term: Term): Platform[] {
  if (field !== '') return spec.byPlatform[field]?.[term] === undefined ? [] : [field];
  return spec[term] === undefined ? [] : spec.platforms.filter((one) => spec.byPlatform[one]?.[term] === undefined);
}

const pathOf = (field: Platform | '', term: Term | 'target'): Path =>
  field === '' ? [term] : ['byPlatform', field, term];

const notMacs = (platforms: readonly Platform[]) => platforms.filter((platform) => platform !== 'macOS');

function judgeAction(judgement: Judgement, path: Path, platforms: readonly Platform[]): void {
  const { spec } = judgement;
  const action = path.length === 1 ? spec.installAction : spec.byPlatform[path[1] as Platform]?.installAction;
  const others = notMacs(platforms);
  if (action === undefined || !MAC_ONLY.includes(action) || others.length === 0) return;
  judgement.fault(path, {
    message: `${action} is of macOS only: ${others.join(', ')} ${others.length === 1 ? 'takes' : 'take'} Default, InstallASAP or DownloadOnly`,
    remedy: macRemedy(path, 'installAction', others),
  });
}

function judgePriority(judgement: Judgement, field: Platform | ''): void {
  const others = notMacs(heldBy(judgement.spec, field, 'updatePriority'));
  if (others.length === 0) return;
  const path = pathOf(field, 'updatePriority');
  judgement.fault(path, {
    message: `Priority is of macOS only (12.3 and later): ${others.join(', ')} ${others.length === 1 ? 'has' : 'have'} none`,
    remedy: macRemedy(path, 'updatePriority', others),
  });
}

function judgeDeferrals(judgement: Judgement, field: Platform | ''): void {
  const { spec } = judgement;
  const platforms = heldBy(spec, field, 'maxUserDeferrals');
  const path = pathOf(field, 'maxUserDeferrals');
  const others = notMacs(platforms);
  if (others.length > 0) {
    judgement.fault(path, {
      message: `MaxUserDeferrals is of macOS only (12 and later): users of ${others.join(', ')} cannot put off so`,
      remedy: macRemedy(path, 'maxUserDeferrals', others),
    });
  }
  const action = actionOf(spec, 'macOS');
  if (!platforms.includes('macOS') || action === 'InstallLater') return;
  judgement.fault(path, {
    message: `MaxUserDeferrals goes with InstallLater only, and the install action for macOS is ${action}`,
    remedy: 'set byPlatform.macOS.installAction to InstallLater, or leave maxUserDeferrals out',
  });
}

function macRemedy(path: Path, term: Term, others: readonly Platform[]): string {
  if (path.length > 1) return `leave ${path.join('.')} out, or choose another value`;
  return `move it to byPlatform.macOS.${term}, or take ${others.join(', ')} out of platforms`;
}

function actionOf(spec: PolicySpec, platform: Platform): PolicyAction {
  return spec.byPlatform[platform]?.installAction ?? spec.installAction;
}

/** A major upgrade of macOS takes InstallASAP and nothing else. */
function warnOfMajors(judgement: Judgement, platform: Platform): void {
  const { spec } = judgement;
  const own = spec.byPlatform[platform];
  if (platform !== 'macOS' || (own?.target ?? spec.target).kind === 'newest-minor') return;
  const action = actionOf(spec, platform);
  const at = (term: Term) => pathOf(own?.[term] === undefined ? '' : platform, term);
  if (action !== 'InstallASAP' && action !== 'DownloadOnly') {
    judgement.warn(at('installAction'), {
      message: `a major upgrade of macOS takes InstallASAP only: where the target is one, it is sent in the place of ${action}`,
      remedy: 'a target of the kind newest-minor keeps Macs within their major version',
    });
  }
  const only = (['maxUserDeferrals', 'updatePriority'] as const).filter(
    (term) => (own?.[term] ?? spec[term]) !== undefined,
  );
  for (const term of only) {
    judgement.warn(at(term), {
      message: `minor updates alone take it: it is left out where the target is a major upgrade`,
      remedy: 'a target of the kind newest-minor keeps Macs within their major version',
    });
  }
}
