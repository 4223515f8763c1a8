/**
 * For the items of an event, in bytes of JSON. The broker takes 1 MiB; half of it leaves room for the envelope and for what
 * a consumer adds to an item when it passes it on.
 */
export const MAX_EVENT_BYTES = 480 * 1024;

/** For a request or its reply, which nobody passes on: the broker's 1 MiB less the envelope. */
export const MAX_REQUEST_BYTES = 960 * 1024;

/** Many times what a check-in of any OS has; with all that is made of it still below the broker's 1 MiB. */
export const LARGEST_CHECK_IN = 262_144;
