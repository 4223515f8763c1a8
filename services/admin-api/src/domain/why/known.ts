import type { AgentFacts, CommandItem, DevicePolicy, Finding, Outlook, UpdateState } from '@lamplighter/contracts';

/** What is known of a device when somebody asks why it has not updated. Instants as they come from the database. */
export interface Known {
  now: Date;
  device: {
    deviceId: string;
    serialNumber: string | null;
    enrolled: boolean;
    platform: string;
    osVersion: string | null;
    buildVersion: string | null;
    supervised: boolean | null;
    factsAt: Date | null;
    lastAnswerAt: Date | null;
  };
  /** Undefined: it never enrolled here. */
  enrollment:
    | {
        status: string;
        enrolledAt: Date | null;
        leftAt: Date | null;
        lastSeenAt: Date | null;
        goneAt: Date | null;
        /** It says that its update needs a bootstrap token, and none is in escrow. */
        lacksBootstrapToken: boolean;
      }
    | undefined;
  /** Undefined where update-scheduler did not tell. */
  scheduled: { policies: readonly DevicePolicy[]; outlook: Outlook | null } | undefined;
  /** Of all rollouts, the one that moved last first. */
  updates: readonly KnownUpdate[];
  /** Commands that wait, with the reason. */
  pending: readonly CommandItem[];
  lastPush: { at: Date; outcome: string; reason: string | null } | undefined;
  /** Newest first. */
  reports: readonly KnownReport[];
  /** What an agent on it said last; undefined where none did. */
  agent: { at: Date; facts: AgentFacts } | undefined;
  /** Of the watchdog, open ones. */
  findings: readonly Finding[];
}

export interface KnownUpdate {
  rolloutId: string;
  policyName: string;
  policyVersion: number;
  state: UpdateState;
  reason: string | null;
  fromVersion: string | null;
  /** Empty, as its build, where none could be chosen. */
  targetVersion: string;
  targetBuild: string;
  commandId: string | null;
  commandedAt: Date | null;
  updatedAt: Date;
  stopsAt: Date;
  /** Of its wave; null where it is in none. */
  releaseAt: Date | null;
  releasedAt: Date | null;
  /** Its last event in plain words. */
  detail: string | null;
}

export interface KnownReport {
  at: Date;
  reportId: string;
  requestType: string;
  status: string;
  explanation: string | null;
  errorChain: unknown;
}

const IN_FLIGHT: readonly UpdateState[] = [
  'scanning',
  'available',
  'commanded',
  'downloading',
  'downloaded',
  'installing',
];

/** A download that its policy leaves at that is at its end. */
export const isInFlight = ({
  state,
  reason,
}: Pick<KnownUpdate, 'state'> & Partial<Pick<KnownUpdate, 'reason'>>): boolean =>
  IN_FLIGHT.includes(state) && reason !== 'download-only';

/** The update that matters: one that is under way in whatever rollout, else that of the policy that has the device. */
export function ownUpdate({ updates, scheduled }: Known): KnownUpdate | undefined {
  const rolloutId = scheduled?.outlook?.rolloutId;
  return (
    updates.find(isInFlight) ??
    (scheduled === undefined ? updates[0] : updates.find((update) => update.rolloutId === rolloutId))
  );
}

/** By a plan, and not by what the device said to its command: the next plan judges it anew. */
export function wasLeftOut({ state, releaseAt }: KnownUpdate): boolean {
  return state === 'not-eligible' && releaseAt === null;
}
