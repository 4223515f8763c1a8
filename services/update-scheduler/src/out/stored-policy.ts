import { PolicySpec } from '@lamplighter/contracts';

/**
 * A stored spec with the defaults of fields that there were not yet when it was stored: what goes on with it relies on them. As it stands
 * where it no longer passes today's checks: an update that is under way is not stopped by that.
 */
export function storedPolicy(spec: PolicySpec): PolicySpec {
  return PolicySpec.safeParse(spec).data ?? spec;
}
