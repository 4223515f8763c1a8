export { type Bounds, Finding, type Outcome, Refused, run, type Target } from './run.ts';
export { targets } from './targets.ts';
export { mutate } from './mutate.ts';
export { Random } from './random.ts';
