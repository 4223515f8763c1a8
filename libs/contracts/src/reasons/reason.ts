/** What kind of cause it is: for sums over a fleet, and for who has to act. */
export type ReasonClass =
  | 'done' // nothing to do
  | 'window' // time was too short, or has not come yet
  | 'device-busy' // the device puts it off by itself
  | 'user' // a person at the device decides
  | 'power'
  | 'space'
  | 'network'
  | 'device-failed' // the device tried and failed
  | 'contact' // the device is not heard of
  | 'management' // how the device is enrolled or managed
  | 'eligibility' // the device, or what is known of it, does not allow it
  | 'catalog' // Apple's releases, and what the device is offered
  | 'operator' // a person here decided
  | 'unknown';

/** Whether and when it is tried again without anybody doing anything. */
export type ReasonRetry =
  | 'not-needed'
  /** It is under way: the device is asked again by itself. */
  | 'later-in-this-window'
  | 'next-window'
  /** As soon as the device's facts change, within an open window or in the next one. */
  | 'when-facts-change'
  | 'never';

export interface ReasonEntry {
  class: ReasonClass;
  /** A few words, without a full stop. */
  title: string;
  /** One or two sentences for somebody who does not know MDM. */
  explanation: string;
  retry: ReasonRetry;
  /** What an administrator can do; that nothing is to be done, where it is so. */
  action: string;
}

export interface Reason extends ReasonEntry {
  /** As `reason` of an update or of its events. */
  code: string;
}
