import {
  classifyErrorChain,
  readAvailableUpdates,
  readDeviceInformation,
  readErrorChain,
  readScanInitiated,
  readUpdateResults,
  readUpdateStatus,
} from '@lamplighter/apple';
import type { AvailableUpdate, PlistDict } from '@lamplighter/apple';
import type { AnswerStatus, ErrorChainItem, Observation } from '@lamplighter/contracts';
import { cut, LIMITS } from './bounds.ts';
import { deviceFacts } from './device-facts.ts';
import type { DeviceFacts } from './device-facts.ts';

export interface Answer {
  requestType: string;
  status: AnswerStatus;
  notNowCount?: number | undefined;
}

export interface Interpretation {
  observation: Observation;
  /** As the device sent it; empty where it sent none. */
  errorChain: ErrorChainItem[];
  /** Only of a DeviceInformation that was acknowledged. */
  facts?: DeviceFacts;
  /** What replaces the device's list; empty means that there is nothing to install. */
  available?: AvailableUpdate[];
}

/**
 * What an answer means. Any answer has a meaning: what cannot be read (`body` undefined), or makes no sense for its
 * command, is an error or `other`, never an exception.
 */
export function interpret(answer: Answer, body: PlistDict | undefined): Interpretation {
  if (answer.status === 'NotNow') return notNow(answer);
  if (body === undefined) return unreadable(answer);
  const errorChain = cutChain(readErrorChain(body), LIMITS.rawChain, LIMITS.rawDescription);
  if (answer.status !== 'Acknowledged') return failed(answer, errorChain);
  const read = READERS.get(answer.requestType);
  if (!read) return { observation: { kind: 'other', requestType: answer.requestType }, errorChain };
  return { errorChain, ...read(body) };
}

type Reading = Omit<Interpretation, 'errorChain'> & Partial<Pick<Interpretation, 'errorChain'>>;

const READERS = new Map<string, (body: PlistDict) => Reading>(
  Object.entries({
    ScheduleOSUpdateScan: (body) => ({
      observation: { kind: 'scan', initiated: readScanInitiated(body) },
    }),
    AvailableOSUpdates: (body) =>
      Array.isArray(body['AvailableOSUpdates'] ?? [])
        ? listed(readAvailableUpdates(body))
        : unreadable({ requestType: 'AvailableOSUpdates' }),
    ScheduleOSUpdate: (body) => ({ observation: scheduled(body), ...chainsOf(body) }),
    OSUpdateStatus: (body) => ({ observation: underWay(body) }),
    DeviceInformation: (body: PlistDict) => {
      const facts = deviceFacts(readDeviceInformation(body));
      const { osVersion, buildVersion, supplementalBuild } = facts;
      return { facts, observation: { kind: 'facts', osVersion, buildVersion, supplementalBuild } };
    },
  } satisfies Record<string, (body: PlistDict) => Reading>),
);

function notNow({ requestType, notNowCount }: Answer): Interpretation {
  return {
    observation: { kind: 'not-now', requestType, count: notNowCount ?? 1 },
    errorChain: [],
  };
}

function unreadable({ requestType }: Pick<Answer, 'requestType'>): Interpretation {
  return {
    errorChain: [],
    observation: {
      kind: 'error',
      requestType,
      class: 'unreadable-answer',
      explanation: "The device's answer could not be read.",
      retry: 'later',
      errorChain: [],
    },
  };
}

function failed({ requestType, status }: Answer, errorChain: ErrorChainItem[]): Interpretation {
  const found = classifyErrorChain(errorChain);
  // Apple: error 2213 and its like answer the question. There is no update.
  if (requestType === 'AvailableOSUpdates' && found.class === 'no-update-available') {
    return { ...listed([]), errorChain };
  }
  const isFormat = status === 'CommandFormatError' && found.class === 'unknown';
  return {
    errorChain,
    observation: {
      kind: 'error',
      requestType,
      class: isFormat ? 'unsupported-command' : found.class,
      explanation: isFormat ? 'The device could not read the command.' : found.explanation,
      retry: isFormat ? 'never' : found.retry,
      errorChain: cutChain(errorChain, LIMITS.chain, LIMITS.description),
    },
  };
}

function listed(updates: AvailableUpdate[]): Reading {
  const available = [...byKey(updates).values()].slice(0, LIMITS.products);
  const products = available.map((update) => ({
    productKey: update.productKey,
    version: cut(update.version),
    build: cut(update.build),
    isConfigDataUpdate: update.isConfigDataUpdate,
    isMajorOSUpdate: update.isMajorOSUpdate,
    isSecurityResponse: update.isSecurityResponse,
    deferredUntil: update.deferredUntil?.toISOString(),
  }));
  return { available, observation: { kind: 'available-updates', products } };
}

/** One entry a key, the first. A key that is too long to be kept cannot be scheduled by us. */
function byKey<T extends { readonly productKey: string }>(entries: readonly T[]): Map<string, T> {
  const kept = new Map<string, T>();
  for (const entry of entries) {
    if (entry.productKey.length <= LIMITS.text && !kept.has(entry.productKey)) {
      kept.set(entry.productKey, entry);
    }
  }
  return kept;
}

/** The chains of the single updates, which stand inside of an answer that was acknowledged. */
function chainsOf(body: PlistDict): { errorChain?: ErrorChainItem[] } {
  const links = readUpdateResults(body).flatMap(({ errorChain }) => errorChain ?? []);
  return links.length === 0 ? {} : { errorChain: cutChain(links, LIMITS.rawChain, LIMITS.rawDescription) };
}

function scheduled(body: PlistDict): Observation {
  const results = readUpdateResults(body)
    .slice(0, LIMITS.results)
    .map((result) => ({
      productKey: cut(result.productKey),
      installAction: cut(result.installAction),
      status: cut(result.status),
      ...(result.errorChain ? { errorChain: cutChain(result.errorChain, LIMITS.chain, LIMITS.description) } : {}),
    }));
  return { kind: 'schedule-result', results };
}

function underWay(body: PlistDict): Observation {
  const updates = [...byKey(readUpdateStatus(body)).values()]
    .slice(0, LIMITS.products)
    .map(({ productKey, status, nextScheduledInstall, maxDeferrals, deferralsRemaining, ...update }) => ({
      productKey,
      status: cut(status),
      isDownloaded: update.isDownloaded,
      downloadPercentComplete: update.downloadPercentComplete,
      nextScheduledInstall: nextScheduledInstall?.toISOString(),
      maxDeferrals: count(maxDeferrals),
      deferralsRemaining: count(deferralsRemaining),
    }));
  return { kind: 'update-status', updates };
}

/** Deferrals are whole numbers; what is none is as good as not said. */
function count(value: number | undefined): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}

function cutChain(chain: readonly ErrorChainItem[], links: number, length: number): ErrorChainItem[] {
  return chain.slice(0, links).map((link) => {
    const said = cut(link.LocalizedDescription, length);
    const english = cut(link.USEnglishDescription, length);
    return {
      ErrorCode: link.ErrorCode,
      ErrorDomain: link.ErrorDomain.slice(0, LIMITS.text).toWellFormed(),
      ...(said === undefined ? {} : { LocalizedDescription: said }),
      ...(english === undefined ? {} : { USEnglishDescription: english }),
    };
  });
}
