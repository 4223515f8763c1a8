import type { RingSpec } from '@lamplighter/contracts';
import type { Judgement } from './judge.ts';
import { daysAfterReleaseOf } from './targets.ts';

/** Rings in an order in which they can go, a deadline that comes after them, a gate that has something to halt. */
export function judgeRings(judgement: Judgement): void {
  judgement.spec.rings.forEach((ring, index) => {
    judgeName(judgement, ring, index);
    judgeRest(judgement, ring, index);
    judgeOrder(judgement, ring, index);
  });
  warnOfRings(judgement);
  judgeDeadline(judgement);
}

function judgeName(judgement: Judgement, ring: RingSpec, index: number): void {
  const first = judgement.spec.rings.findIndex(({ name }) => name === ring.name);
  if (first === index) return;
  judgement.fault(['rings', index, 'name'], {
    message: `rings.${first} is named "${ring.name}" too`,
    remedy: 'give each ring a name of its own',
  });
}

/** Whether it takes in all that earlier rings left. */
function takesRest({ groups, percent }: RingSpec): boolean {
  return groups === undefined && (percent === undefined || percent === 100);
}

function judgeRest(judgement: Judgement, ring: RingSpec, index: number): void {
  const { rings } = judgement.spec;
  if (ring.groups?.length === 0) {
    judgement.fault(['rings', index, 'groups'], {
      message: 'a list without a group takes in nobody',
      remedy: 'name a group, or leave groups out: then the ring takes in all that earlier rings left',
    });
  }
  if (!takesRest(ring) || index === rings.length - 1) return;
  judgement.fault(['rings', index, ring.percent === undefined ? 'name' : 'percent'], {
    message: `the ring "${ring.name}" takes in all that earlier rings left: nothing is left for "${rings[index + 1]!.name}"`,
    remedy: 'make it the last ring, or give it groups or a lower percent',
  });
}

/** Rings go one after the other. */
function judgeOrder(judgement: Judgement, ring: RingSpec, index: number): void {
  const earlier = judgement.spec.rings
    .slice(0, index)
    .find(({ from, afterDays }) => from === ring.from && afterDays > ring.afterDays);
  if (!earlier) return;
  judgement.fault(['rings', index, 'afterDays'], {
    message: `the ring "${ring.name}" would go before the ring "${earlier.name}", which stands before it and waits ${earlier.afterDays} days`,
    remedy: `set it to ${earlier.afterDays} or more, or change the order of the rings`,
  });
}

function warnOfRings(judgement: Judgement): void {
  const { rings, healthGate, emergency, target } = judgement.spec;
  const last = rings.at(-1);
  if (last && !takesRest(last)) {
    judgement.warn(['rings', rings.length - 1], {
      message: 'devices that no ring takes in get nothing',
      remedy: 'add a last ring without groups and percent, where they are to be updated too',
    });
  }
  if (healthGate && rings.length < 2) {
    judgement.warn(['healthGate'], {
      message: 'a health gate halts the next ring, and there is none',
      remedy: 'make two rings or more',
    });
  }
  if (emergency && rings.length > 0) {
    judgement.warn(['rings'], {
      message: 'an emergency passes over rings: all devices go at once',
      remedy: 'set emergency to false for them to hold',
    });
  }
  if (emergency && target.kind !== 'exact' && target.daysAfterRelease > 0) {
    judgement.warn(['target', 'daysAfterRelease'], {
      message: 'an emergency takes releases on the day on which they are posted',
      remedy: 'set emergency to false for it to hold',
    });
  }
}

function judgeDeadline(judgement: Judgement): void {
  const { deadline, rings } = judgement.spec;
  if (!deadline) return;
  if ('date' in deadline) {
    if (deadline.date >= judgement.known.today) return;
    judgement.warn(['deadline', 'date'], {
      message: 'it is in the past: the update is installed at once, whatever the user chose',
      remedy: 'set a later date',
    });
    return;
  }
  const days = deadline.daysAfterRelease;
  const late = rings.findIndex(({ afterDays }) => afterDays >= days);
  if (late >= 0) {
    judgement.fault(['deadline', 'daysAfterRelease'], {
      message: `the deadline would come before the ring "${rings[late]!.name}" goes (${rings[late]!.afterDays} days)`,
      remedy: `set it to more than ${Math.max(...rings.map(({ afterDays }) => afterDays))}, or lower rings.${late}.afterDays`,
    });
  }
  const waits = Math.max(...daysAfterReleaseOf(judgement.spec));
  if (waits >= days) {
    judgement.fault(['deadline', 'daysAfterRelease'], {
      message: `the deadline would come before the target takes a release (${waits} days after it was posted)`,
      remedy: `set it to more than ${waits}, or lower daysAfterRelease of the target`,
    });
  }
}
