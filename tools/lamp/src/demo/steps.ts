import { screenOn } from '../live/screen.ts';
import { seconds } from '../words.ts';

/** What the demo tells the person who watches: steps with their times, and a block that moves. On stderr; stdout has the result. */
export interface Narrator {
  readonly isLive: boolean;
  /** Real milliseconds of each finished step. */
  readonly took: Readonly<Record<string, number>>;
  /** Shows that `work` goes on and, at its end, how long it took. */
  step<T>(key: string, title: string, work: (note: (text: string) => void) => Promise<T>): Promise<T>;
  /** A block that replaces the one before (a plain narrator prints it line by line). */
  draw(lines: readonly string[]): void;
  /** Leaves the block standing. */
  leave(): void;
  /** Something that happened meanwhile, kept above what moves. */
  tell(line: string): void;
}

const plainEveryMs = 3_000;

export function narrate(isPlain: boolean): Narrator {
  const screen = screenOn(process.stderr, isPlain);
  const took: Record<string, number> = {};
  const say = (line: string): void => {
    if (screen.isLive) screen.draw([line]);
    else process.stderr.write(`${line}\n`);
    screen.end();
  };
  return {
    isLive: screen.isLive,
    took,
    draw: (lines) => screen.draw(lines),
    leave: () => screen.end(),
    tell: say,
    async step(key, title, work) {
      const from = Date.now();
      let note = '';
      let shownAt = from;
      const show = (): void =>
        screen.draw([`… ${title}${note === '' ? '' : `: ${note}`}  ${seconds(Date.now() - from)}`]);
      show();
      const timer = setInterval(() => {
        if (!screen.isLive && (Date.now() - shownAt < plainEveryMs || note === '')) return;
        shownAt = Date.now();
        show();
      }, 250);
      try {
        const done = await work((text) => {
          note = text;
        });
        took[key] = Date.now() - from;
        clearInterval(timer);
        say(`✓ ${title}${note === '' ? '' : `: ${note}`}  ${seconds(took[key])}`);
        return done;
      } finally {
        clearInterval(timer);
        screen.end();
      }
    },
  };
}
