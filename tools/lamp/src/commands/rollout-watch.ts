import type { Rollout } from '@lamplighter/contracts';
import type { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';

import { rolloutIdOf, showRollout } from '../api/calls.ts';
import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { rolloutBlock, rolloutLine } from '../live/rollout-view.ts';
import { screenOn } from '../live/screen.ts';
import { print } from '../output.ts';
import { documented, interrupted, wholeNumber } from './common.ts';

/** What names a rollout in every command. */
export const rolloutArgument = ['<rollout>', 'id, or the name of a policy (its newest rollout)'] as const;

interface Options extends ConnectOptions {
  readonly interval?: number;
  readonly untilDone?: boolean;
  readonly json?: boolean;
}

export function registerWatch(rollout: Command): void {
  const watch = rollout
    .command('watch')
    .summary('follow it live')
    .description(
      'Shows counts per state, rate, predicted finish, window and clock: drawn over in a terminal (every second), a line\n' +
        'every 5 seconds elsewhere. Goes on until Ctrl-C.',
    )
    .argument(...rolloutArgument)
    .option('--interval <seconds>', 'how often', wholeNumber(1, 3600))
    .option('--until-done', 'end once no device will change by itself any more')
    .option('--json', 'the rollout as one JSON object a line')
    .action(watchCommand);
  documented(withConnection(watch), [
    'lamp rollout watch nightly',
    'lamp rollout watch nightly --until-done --interval 30',
  ]);
}

async function watchCommand(wanted: string, options: Options): Promise<void> {
  const api = connect(options);
  const signal = interrupted();
  const id = await rolloutIdOf(api, wanted);
  const screen = screenOn(process.stdout, options.json === true);
  const pauseMs = (options.interval ?? (screen.isLive ? 1 : 5)) * 1000;
  for (;;) {
    const rollout = await showRollout(api, id);
    if (options.json === true) print(JSON.stringify(rollout));
    else screen.draw(screen.isLive ? rolloutBlock(rollout, terminal()) : [rolloutLine(rollout)]);
    if (options.untilDone === true && isDone(rollout)) break;
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
  }
  screen.end();
}

/** The terminal's width now, and whether colours are wanted (https://no-color.org). */
export function terminal(stream: NodeJS.WriteStream = process.stdout): { width: number; isColoured: boolean } {
  const isColoured = stream.isTTY === true && (process.env.NO_COLOR ?? '') === '';
  return { width: stream.columns ?? 100, isColoured };
}

/** True when no device will change by itself any more; false while a window still takes in devices. */
export function isDone({ progress, devices, windows, now }: Rollout): boolean {
  return progress.settled >= devices && windows.length > 0 && windows.every(({ stopsAt }) => stopsAt <= now);
}
