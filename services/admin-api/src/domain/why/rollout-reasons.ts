import { reasonOf, type RolloutReasons, type UpdateState } from '@lamplighter/contracts';
import { UNDER_WAY } from './under-way.ts';

export interface ReasonCount {
  state: UpdateState;
  reason: string | null;
  devices: number;
  first: string;
  last: string;
}

/** What a state and its reason mean, with how many devices are in it. */
export function reasonItem({ state, reason, devices, first, last }: ReasonCount): RolloutReasons['items'][number] {
  const { class: kind, title, explanation, action } = reason === null ? UNDER_WAY[state]! : reasonOf(reason);
  const examples = first === last ? [first] : [first, last];
  return { state, code: reason, class: kind, title, explanation, action, devices, examples };
}
