import { beforeEach, describe } from '@jest/globals';
import { StoreBed, type Stores } from './command-store/bed.ts';
import { ending } from './command-store/ending.ts';
import { handingOver } from './command-store/handing-over.ts';
import { slots } from './command-store/slots.ts';

/** What both command stores promise. `fresh` gives empty ones. */
export function commandStoreSuite(name: string, fresh: () => Promise<Stores>): void {
  describe(name, () => {
    const bed = new StoreBed();
    beforeEach(async () => bed.begin(await fresh()));
    handingOver(bed);
    ending(bed);
    slots(bed);
  });
}
