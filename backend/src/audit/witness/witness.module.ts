import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock.ts';
import { Logger } from '../../platform/logging.ts';
import { Settings } from '../../platform/settings.ts';
import { AuditModule } from '../audit.module.ts';
import { AuditTrail } from '../audit-trail.service.ts';
import { siteIdIn } from '../site-id.ts';
import { WitnessKey } from './witness-key.ts';
import { readWitnessedLogs } from './witness-lists.ts';
import { WitnessController } from './witness.controller.ts';
import { WitnessRepository } from './witness.repository.ts';
import { WitnessService } from './witness.service.ts';

/** This box as a witness of other boxes' logs. Stands on `PlatformModule` and `HttpModule`. */
@Module({
  imports: [AuditModule],
  controllers: [WitnessController],
  providers: [
    WitnessRepository,
    {
      provide: WitnessKey,
      inject: [Settings, Clock],
      useFactory: ({ layout }: Settings, clock: Clock) =>
        new WitnessKey(
          layout,
          () => siteIdIn(layout.lastGoodConfiguration),
          () => clock.now(),
        ),
    },
    {
      provide: WitnessService,
      inject: [Settings, WitnessRepository, WitnessKey, AuditTrail, Logger],
      useFactory: (
        { operator: { DENWABAN_WITNESSED_LOGS: list } }: Settings,
        rows: WitnessRepository,
        key: WitnessKey,
        audit: AuditTrail,
        logger: Logger,
      ) =>
        new WitnessService(
          rows,
          key,
          () => (list === undefined ? Promise.resolve([]) : readWitnessedLogs(list)),
          audit,
          logger,
        ),
    },
  ],
})
export class WitnessModule implements OnApplicationBootstrap {
  constructor(
    private readonly settings: Settings,
    private readonly key: WitnessKey,
    private readonly logger: Logger,
  ) {}

  /** The other boxes need the public key before they can ask. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.operator.DENWABAN_WITNESSED_LOGS === undefined) return;
    await this.key.signer().catch((error: unknown) => {
      this.logger.error({ error: String(error) }, 'the key to cosign by cannot be read or made');
    });
  }
}
