import type { PolicySpec, Platform, UpdateState } from '@lamplighter/contracts';

/** What is outstanding with the device. */
export type Step =
  | '' // nothing
  | 'scan' // ScheduleOSUpdateScan (macOS looks for updates only when told)
  | 'list' // AvailableOSUpdates
  | 'list-again' // the same once more: a Mac's scan may still have run
  | 'recheck' // DeviceInformation: it does not offer the target, perhaps it is up to date already
  | 'schedule-config' // ScheduleOSUpdate of a config-data item, behind which macOS holds the installer back
  | 'rescan'
  | 'relist'
  | 'ask-first' // OSUpdateStatus of a Mac before it is told anything: its user may have chosen a time
  | 'download' // ScheduleOSUpdate, first of the two of iOS, iPadOS and tvOS
  | 'download-status' // OSUpdateStatus while downloading
  | 'download-confirm' // DeviceInformation: nothing is running, perhaps it is installed
  | 'install' // ScheduleOSUpdate that installs
  | 'install-fallback' // the same with another InstallAction, after the first was not supported
  | 'status' // OSUpdateStatus while installing
  | 'enforce' // a declaration that tells when to install, and the device's reports of how far it is
  | 'confirm'; // DeviceInformation: nothing is running, perhaps it is installed

/** One device's update, as far as a transition needs it. */
export interface Update {
  state: UpdateState;
  reason: string | null;
  step: Step;
  platform: Platform;
  fromVersion: string | null;
  targetVersion: string;
  targetBuild: string;
  productKey: string | null;
  commandId: string | null;
  commandSeq: number;
  /** ScheduleOSUpdate commands that the device took. */
  installSeq: number;
  version: number;
  stopsAt: Date;
  /** When the device first took a ScheduleOSUpdate. */
  commandedAt: Date | null;
  /** How far the device last said it is, comparably: any change of it is progress. Null until it has told. */
  progress: string | null;
  /** When `progress` last changed, or the command was sent once more. */
  progressedAt: Date | null;
  /** How often the command was sent once more to a device that made no progress. */
  resends: number;
}

/** With whose it is, and what it goes by. */
export interface StoredUpdate extends Update {
  /** Where its row was when it was read: PostgreSQL's ctid, `(page,line)`. */
  place: string;
  rolloutId: string;
  occurrenceId: string;
  deviceId: string;
  lane: 'mdm' | 'ddm';
  /** From then on the update is installed whatever the user chose. */
  deadlineAt: Date | null;
  /** Null where the rollout has no rings. */
  ring: number | null;
  traceparent: string | null;
}

/** What decides beside the update itself. */
export interface Terms {
  now: Date;
  installAction: PolicySpec['installAction'];
  maxUserDeferrals?: number | undefined;
  updatePriority?: PolicySpec['updatePriority'];
  /** From then on the update is installed whatever the user chose; null where there is none. */
  deadlineAt: Date | null;
  pollMinutes: number;
  /** A device that makes no progress for this long is stalled, and gets its command once more. */
  stallMinutes: number;
  /** It gets it again whenever the last sign of progress is this old. */
  resendAfterHours: number;
  /** How long after the stop time an update that was commanded is followed. */
  confirmHours: number;
  aborted: boolean;
  /** Why nothing goes out that changes the device, which is asked on: an operator has paused it, or the health gate halted its ring. */
  held: 'paused' | 'ring-halted' | null;
}

/** Steps that only ask about an update that the device has taken: they may go on after the stop time. */
export const POLLS: ReadonlySet<Step> = new Set(['download-status', 'download-confirm', 'status', 'confirm']);

/** Steps that change the device: ScheduleOSUpdate. */
export const ORDERS: ReadonlySet<Step> = new Set(['schedule-config', 'download', 'install', 'install-fallback']);
