import { connect } from '@nats-io/transport-node';
import { join } from 'node:path';

import { writePrivate } from '../private-file.ts';
import { natsServer } from './binaries.ts';
import type { Server, ServerSetting } from './server.ts';

/** NATS with JetStream, data in `<dir>/nats`. A durable one syncs its files each second (kill -9 loses nothing either way). */
export async function prepareNats(setting: ServerSetting): Promise<Server> {
  const { dir, port, password, durability } = setting;
  const binary = await natsServer();
  const config = join(dir, 'nats.conf');
  writePrivate(
    config,
    [
      'server_name: lamp',
      // Streams reserve their whole limit; on a small disk, or with many tests on one broker, the sum is far above what they hold.
      `listen: "127.0.0.1:${port}"`,
      `jetstream { store_dir: ${JSON.stringify(join(dir, 'nats'))}, max_file_store: 1TB, sync_interval: ${durability === 'durable' ? '1s' : '2m'} }`,
      `authorization { user: lamp, password: "${password}" }`,
      '',
    ].join('\n'),
  );
  const url = `nats://lamp:${password}@127.0.0.1:${port}`;
  return {
    url,
    program: {
      name: 'nats',
      command: binary.path,
      args: ['--config', config],
      env: binary.env,
      stopSignal: 'SIGTERM',
      graceMs: 10_000,
      ready: async () => {
        const connection = await connect({
          servers: `127.0.0.1:${port}`,
          user: 'lamp',
          pass: password,
          reconnect: false,
          timeout: 1000,
        });
        await connection.close();
        return true;
      },
    },
  };
}
