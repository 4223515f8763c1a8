import type { Supervised } from '../processes/supervised.ts';
import { serverNames } from '../servers/server.ts';
import type { LocalServers } from '../servers/start-servers.ts';
import type { TraceReceiver } from '../traces/receiver.ts';
import type { ServiceName } from './services.ts';
import { ownIdentity, type ProcessState, type ProductState } from './state.ts';

/** What has been started so far, so that a failure half way stops it all. */
export interface Started {
  servers?: LocalServers;
  receiver?: TraceReceiver;
  readonly services: Map<ServiceName, { readonly supervised: Supervised; readonly httpPort: number }>;
  phase: ProductState['phase'];
  readonly startedAt: string;
  urls: ProductState['urls'];
  /** By service or server name, and `gateway`: the devices' port. */
  ports: Record<string, number>;
}

/** Services first, so that what they still publish and write finds its servers. */
export async function stopAll(started: Started, save: () => void): Promise<void> {
  if (started.phase === 'stopped') return;
  started.phase = 'stopping';
  save();
  await stopServices(started);
  await started.receiver?.stop();
  await started.servers?.stop();
  started.phase = 'stopped';
  save();
}

export async function stopServices({ services }: Started): Promise<void> {
  await Promise.all([...services.values()].map(({ supervised }) => supervised.stop()));
}

export function blank(): Started {
  const none = { gateway: '', admin: '', nats: '', redis: '', database: '' };
  return { services: new Map(), phase: 'starting', startedAt: new Date().toISOString(), urls: none, ports: {} };
}

export function urlsOf({ servers, ports }: Started): ProductState['urls'] {
  const urls = servers?.urls ?? { nats: '', redis: '', database: '' };
  return { ...urls, gateway: `https://localhost:${ports['gateway']}`, admin: `http://127.0.0.1:${ports['admin-api']}` };
}

export function processesOf({ servers, services }: Started): Map<string, Supervised> {
  const all = new Map<string, Supervised>();
  for (const [name, { supervised }] of services) all.set(name, supervised);
  for (const name of serverNames) {
    const supervised = servers?.all[name].process;
    if (supervised !== undefined) all.set(name, supervised);
  }
  return all;
}

export function describe(started: Started): ProductState {
  const servers = started.servers;
  const serverStates = serverNames.flatMap((name): ProcessState[] => {
    const handle = servers?.all[name];
    if (handle === undefined) return [];
    const own = handle.process;
    if (own !== undefined && handle.port !== undefined) started.ports[name] = handle.port;
    return [describeProcess(name, 'server', own, handle.port)];
  });
  const serviceStates = [...started.services].map(([name, { supervised, httpPort }]) =>
    describeProcess(name, 'service', supervised, httpPort),
  );
  return {
    version: 1,
    phase: started.phase,
    lamp: ownIdentity(),
    startedAt: started.startedAt,
    urls: started.urls,
    ports: started.ports,
    processes: [...serverStates, ...serviceStates],
  };
}

function describeProcess(
  name: string,
  kind: ProcessState['kind'],
  own: Supervised | undefined,
  port: number | undefined,
): ProcessState {
  return {
    name,
    kind,
    identity: own?.identity,
    restarts: own?.restarts ?? 0,
    isReady: own?.isReady ?? true,
    port,
    isExternal: own === undefined,
  };
}
