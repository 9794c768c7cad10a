import { Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Logger } from '../platform/logging.ts';
import { Settings } from '../platform/settings.ts';
import { AmiCommands } from './ami-commands.ts';
import { AmiConnection } from './ami-connection.ts';
import { AriCommands } from './ari-commands.ts';
import { AriConnection } from './ari-connection.ts';
import { AsteriskReload } from './asterisk-reload.port.ts';
import { STASIS_APP } from './dialplan-names.ts';

const HOST = '127.0.0.1';
/** The user in ari.conf and manager.conf. */
const USERNAME = 'denwaban';

/** The only owner of ARI and AMI. Connects once everybody who listens has been built, and keeps trying for ever. */
@Module({
  providers: [
    {
      provide: AriConnection,
      inject: [Settings, Logger],
      useFactory: (settings: Settings, logger: Logger) =>
        new AriConnection(
          {
            host: HOST,
            port: settings.endpoints.ariPort,
            username: USERNAME,
            password: settings.secret('ari-password'),
            application: STASIS_APP,
          },
          logger,
        ),
    },
    {
      provide: AmiConnection,
      inject: [Settings, Logger],
      useFactory: (settings: Settings, logger: Logger) =>
        new AmiConnection(
          {
            host: HOST,
            port: settings.endpoints.amiPort,
            username: USERNAME,
            password: settings.secret('ami-password'),
          },
          logger,
        ),
    },
    AriCommands,
    AmiCommands,
    { provide: AsteriskReload, useExisting: AmiCommands },
  ],
  exports: [AriConnection, AmiConnection, AriCommands, AmiCommands, AsteriskReload],
})
export class AsteriskModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly ari: AriConnection,
    private readonly ami: AmiConnection,
  ) {}

  onApplicationBootstrap(): void {
    this.ari.start();
    this.ami.start();
  }

  onApplicationShutdown(): void {
    this.ari.stop();
    this.ami.stop();
  }
}
