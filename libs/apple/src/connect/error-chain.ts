import { dictsIn, numberIn, present, textIn } from '../fields.ts';
import type { PlistDict } from '../plist/plist-value.ts';

/** One link of an ErrorChain, under Apple's own key names. The first of a chain is the top level. */
export interface ErrorChainItem {
  readonly ErrorCode: number;
  readonly ErrorDomain: string;
  readonly LocalizedDescription?: string;
  readonly USEnglishDescription?: string;
}

/** Links without a code get 0, without a domain an empty one: a half chain is still evidence. Empty where there is none. */
export function readErrorChain(dict: PlistDict): ErrorChainItem[] {
  return dictsIn(dict, 'ErrorChain').map((link) => ({
    ErrorCode: numberIn(link, 'ErrorCode') ?? 0,
    ErrorDomain: textIn(link, 'ErrorDomain') ?? '',
    ...present({
      LocalizedDescription: textIn(link, 'LocalizedDescription'),
      USEnglishDescription: textIn(link, 'USEnglishDescription'),
    }),
  }));
}
