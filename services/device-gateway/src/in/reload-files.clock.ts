import { CONFIG, Log, Ticker } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { DeviceAuthorities } from '../ports.ts';
import { FileWatch } from './file-watch.ts';
import { MdmServer } from './mdm.server.ts';

/** Takes up changed certificates, keys and authorities. Those that cannot be used are logged; what is in use stays. */
@Injectable()
export class ReloadFilesClock extends Ticker {
  private readonly watches: { files: string; watch: FileWatch; take: () => void }[];

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly reloadLog: Log,
    authorities: DeviceAuthorities,
    server: MdmServer,
  ) {
    super({ everyMs: config.LAMP_GATEWAY_RELOAD_SECONDS * 1000, log: reloadLog });
    const tls = [config.LAMP_GATEWAY_TLS_CERT, config.LAMP_GATEWAY_TLS_KEY, config.LAMP_GATEWAY_TICKET_KEYS_FILE];
    this.watches = [
      {
        files: 'LAMP_DEVICE_CA',
        watch: new FileWatch([config.LAMP_DEVICE_CA]),
        take: () => {
          authorities.reload();
          server.secure();
        },
      },
      {
        files: 'LAMP_GATEWAY_TLS_CERT, LAMP_GATEWAY_TLS_KEY, LAMP_GATEWAY_TICKET_KEYS_FILE',
        watch: new FileWatch(tls.filter((path) => path !== undefined)),
        take: () => server.secure(),
      },
    ];
  }

  protected override async tick(): Promise<void> {
    for (const { files, watch, take } of this.watches) {
      if (!watch.look()) continue;
      try {
        take();
        this.reloadLog.info({ files }, 'changed files are in use');
      } catch (error) {
        this.reloadLog.error({ files, err: error }, 'a changed file cannot be used: what was read before stays in use');
      }
    }
  }
}
