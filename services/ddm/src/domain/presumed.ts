import { declarationTypesFor } from '@lamplighter/apple';
import { hasDeclarations, targetOf, type Subscriber } from './subscriptions.ts';

/**
 * Types that every device takes whose OS and enrollment are these, by Apple's schema: neither supervised nor a Shared iPad for all
 * that is known. Empty where it has no declarative management; undefined where its OS is not known.
 */
export function presumedTypes(of: Subscriber): string[] | undefined {
  const target = targetOf(of);
  if (target === undefined) return undefined;
  if (!hasDeclarations(target)) return [];
  const mayBe = target.platform === 'iPadOS' && of.kind === 'device' ? [false, true] : [of.kind === 'shared-ipad'];
  const [first = [], second = first] = mayBe.map((sharedIpad) =>
    declarationTypesFor({ ...target, supervised: false, sharedIpad }),
  );
  return first.filter((type) => second.includes(type));
}
