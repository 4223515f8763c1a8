import { commandEnqueue, decoderOf, deviceObserved, subjectFilter, tenantOfSubject } from '@lamplighter/contracts';
import type { ItemOf, Message, NewCommand } from '@lamplighter/contracts';
import type { Broker } from '@lamplighter/messaging';
import { waitFor } from '@lamplighter/testing';

type Observed = ItemOf<typeof deviceObserved>;

/** Listens to what a service publishes. */
export class Collector {
  private readonly observations: Message<Observed>[] = [];
  private readonly commands: NewCommand[] = [];

  constructor(broker: Broker) {
    const listen = (definition: typeof deviceObserved | typeof commandEnqueue, take: (message: unknown) => void) =>
      broker.nc.subscribe(subjectFilter(broker.prefix, definition), {
        callback: (error, msg) => {
          if (!error)
            take(decoderOf(definition)(msg.string(), { tenant: tenantOfSubject(msg.subject), at: new Date() }));
        },
      });
    listen(deviceObserved, (message) => this.observations.push(message as Message<Observed>));
    listen(commandEnqueue, (message) => {
      const { items } = message as Message<ItemOf<typeof commandEnqueue>>;
      this.commands.push(...items.flatMap((group) => group.commands));
    });
  }

  /** All observations so far, once they are enough. */
  async observed(isEnough: (all: Observed[]) => boolean): Promise<Observed[]> {
    const all = () => this.observations.flatMap((one) => one.items);
    await waitFor('observations', () => isEnough(all()));
    return all();
  }

  async enqueued(isEnough: (all: NewCommand[]) => boolean): Promise<NewCommand[]> {
    await waitFor('enqueued commands', () => isEnough(this.commands));
    return this.commands;
  }

  /** How many messages have an observation of such a device. */
  messagesWith(devicePrefix: string): number {
    return this.observations.filter((one) => one.items.some((item) => item.deviceId.startsWith(devicePrefix))).length;
  }
}
