import {
  AppError,
  type ApplyAnswer,
  type ApplyOrderInput,
  MAX_REQUEST_BYTES,
  resourcesApply,
} from '@lamplighter/contracts';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.ts';
import { AskService } from './ask-service.ts';

/** Has groups, windows and policies brought to what was written; the audit hears of what changed. */
@Injectable()
export class ApplyResources {
  constructor(private readonly ask: AskService) {}

  /** Throws the owner's error, which names every field at fault. */
  async run(caller: Caller, order: ApplyOrderInput): Promise<ApplyAnswer> {
    const input = resourcesApply.input.parse({ ...order, tenant: caller.tenant, by: caller.name });
    const bytes = Buffer.byteLength(JSON.stringify(input));
    if (bytes > MAX_REQUEST_BYTES) {
      throw new AppError(
        'apply.too-large',
        `${bytes} bytes are more than the ${MAX_REQUEST_BYTES} that are taken at once`,
        {
          remedy: 'apply groups first, then windows and policies; long lists of devices are better a group with a rule',
        },
      );
    }
    if (input.dryRun) return this.ask.look(resourcesApply, input);
    return this.ask.run(caller, resourcesApply, input, ({ changes }) => {
      const done = changes.filter(({ change }) => change !== 'unchanged');
      return {
        subject:
          done
            .map(({ kind, name }) => `${kind}/${name}`)
            .join(', ')
            .slice(0, 1_000) || 'nothing',
        detail: { changes: done.map(({ kind, name, change, version }) => ({ kind, name, change, version })) },
      };
    });
  }
}
