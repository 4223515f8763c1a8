import { PolicySpec } from '@lamplighter/contracts';

/**
 * A stored spec with the defaults of fields that there were not yet when it was stored: what goes on with it relies on them. A field
 * that no longer passes today's checks is as it stands: an update that is under way is not stopped by that.
 */
export function storedPolicy(spec: PolicySpec): PolicySpec {
  return PolicySpec.safeParse(spec).data ?? fieldByField(spec);
}

function fieldByField(spec: PolicySpec): PolicySpec {
  const given: Readonly<Record<string, unknown>> = spec;
  const fields = Object.entries(PolicySpec.shape).map(([name, field]): [string, unknown] => {
    const parsed = field.safeParse(given[name]);
    return [name, parsed.success ? parsed.data : given[name]];
  });
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as PolicySpec;
}
