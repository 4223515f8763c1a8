import type { Declaration } from './declaration.ts';

/** What an update says of itself at one moment: the values of the status items `softwareupdate.*`. */
export type UpdateWords = Readonly<Record<string, unknown>>;

export type InstallState = 'none' | 'waiting' | 'downloading' | 'prepared' | 'installing' | 'failed';

/** The update that a declaration enforces on a device, the one with the earliest deadline. Times in epoch milliseconds. */
export interface Enforcement {
  readonly declaration: Declaration;
  readonly version: string;
  readonly build: string | undefined;
  readonly local: string;
  readonly deadline: number;
  state: Exclude<InstallState, 'none'>;
  /** When it goes on by itself; Infinity while a download or an installation runs. */
  actsAt: number;
  /** The device was off at that time. */
  missed: boolean;
}

export interface Failure {
  readonly count: number;
  readonly reason: string;
  readonly at: number;
}

/** What a device holds for declarative management; it has none before the first DeclarativeManagement command. Times in epoch ms. */
export interface Ddm {
  readonly channel: 'device' | 'user';
  /** DeclarationsToken of what it has; '' before the first sync. */
  token: string;
  /** That of the newest command; undefined where the command had no Data: it asks for it. */
  announced: string | undefined;
  /** Declarations are shared by all devices that have them. */
  declarations: readonly Declaration[];
  /** What it reports beside what every device does; shared by all devices that report the same. */
  subscribed: readonly string[];
  /** When it syncs, reports and reports in full next; Infinity for never. */
  syncAt: number;
  reportAt: number;
  fullReportAt: number;
  /** Tries since the last that the server took. */
  attempts: number;
  /** What the server has of `reportable`: a hash of each value, in their order. One text, since there are 100,000 devices. */
  reported: string;
  reportable: readonly string[];
  /** What the update went through and the server has not been told yet, oldest first. */
  untold: UpdateWords[];
  enforcement: Enforcement | undefined;
  failure: Failure | undefined;
  /** The OS for which declarations were last put into effect. */
  version: string;
}

export function newDdm(version: string, channel: Ddm['channel'] = 'device'): Ddm {
  return {
    channel,
    token: '',
    announced: undefined,
    declarations: [],
    subscribed: [],
    syncAt: Infinity,
    reportAt: Infinity,
    fullReportAt: Infinity,
    attempts: 0,
    reported: '',
    reportable: [],
    untold: [],
    enforcement: undefined,
    failure: undefined,
    version,
  };
}

/** When the device has something to say or to ask by itself; Infinity for never. */
export function ddmDueAt(ddm: Ddm | undefined): number {
  return ddm === undefined ? Infinity : Math.min(ddm.syncAt, ddm.reportAt, ddm.fullReportAt);
}

/** The same of the channel of a user, which also connects when it was woken. */
export function userDueAt(user: { readonly ddm: Ddm | undefined; readonly wakeAt: number } | undefined): number {
  return user === undefined ? Infinity : Math.min(user.wakeAt, ddmDueAt(user.ddm));
}
