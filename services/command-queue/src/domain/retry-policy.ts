/** How often an `Error` is followed by another try, and the wait before the first; it doubles with each. */
export interface RetryPolicy {
  retries: number;
  waitSeconds: number;
}

const NONE: RetryPolicy = { retries: 0, waitSeconds: 0 };

/** For senders that say how often and leave the wait to the queue. */
const USUAL_WAIT_SECONDS = 300;

/**
 * Commands of people whose Errors often pass by themselves: a network that was away, a store that was busy, a device that was
 * in the middle of something. What is not here is tried once. Nothing that erases, locks or restarts is ever repeated.
 */
const BY_REQUEST_TYPE: Readonly<Record<string, RetryPolicy>> = {
  InstallProfile: { retries: 2, waitSeconds: 300 },
  InstallApplication: { retries: 3, waitSeconds: 900 },
  InstallEnterpriseApplication: { retries: 3, waitSeconds: 900 },
  InstallMedia: { retries: 2, waitSeconds: 900 },
  DeviceInformation: { retries: 2, waitSeconds: 60 },
  SecurityInfo: { retries: 2, waitSeconds: 60 },
  InstalledApplicationList: { retries: 2, waitSeconds: 60 },
  CertificateList: { retries: 2, waitSeconds: 60 },
  ProfileList: { retries: 2, waitSeconds: 60 },
  DeclarativeManagement: { retries: 3, waitSeconds: 60 },
};

/**
 * @param asked what its sender says; absent: nothing
 * @param byPerson whether somebody asked for this one command, rather than a service that watches over its own
 */
export function retryPolicyOf(requestType: string, asked: number | undefined, byPerson: boolean): RetryPolicy {
  const own = Object.hasOwn(BY_REQUEST_TYPE, requestType) ? BY_REQUEST_TYPE[requestType]! : NONE;
  if (asked === undefined) return byPerson ? own : NONE;
  return asked === 0 ? NONE : { retries: asked, waitSeconds: own.waitSeconds || USUAL_WAIT_SECONDS };
}
