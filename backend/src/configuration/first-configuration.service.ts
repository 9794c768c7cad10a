import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DatabaseConnector } from '../platform/database-connector.ts';
import { Logger } from '../platform/logging.ts';
import { MessageSender } from '../platform/messages.ts';
import { ConfigurationInForce } from './configuration-in-force.ts';
import { ConfigurationVersionRepository } from './configuration-version.repository.ts';
import { defaultConfiguration } from './default-configuration.ts';

const RETRY_MS = 5000;

/**
 * Gives a database without any configuration its first version: the document that is in force, so that a box whose
 * database was replaced keeps taking calls, or what a new box starts from.
 */
@Injectable()
export class FirstConfiguration implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly database: DatabaseConnector,
    private readonly versions: ConfigurationVersionRepository,
    private readonly inForce: ConfigurationInForce,
    private readonly sender: MessageSender,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.database.ready().then(() => this.ensure());
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async ensure(): Promise<void> {
    if (this.stopped) return;
    try {
      const onTopOfNothing = 0;
      const added = await this.versions.add(this.inForce.document ?? defaultConfiguration(), null, onTopOfNothing);
      if (!added) return;
      this.logger.info({ version: added.version }, 'first configuration stored');
      await this.sender.send({ kind: 'configuration', version: added.version });
    } catch (error) {
      this.logger.warn({ error: String(error) }, 'first configuration not stored, will retry');
      this.timer = setTimeout(() => void this.ensure(), RETRY_MS);
    }
  }
}
