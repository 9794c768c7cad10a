import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DatabaseConnector } from '../platform/database-connector.ts';
import { Logger } from '../platform/logging.ts';
import { FirstAdministrator } from './first-administrator.service.ts';

const RETRY_MS = 2000;

/** Sees to the first administrator as soon as the database lets it, at each start of the process. */
@Injectable()
export class FirstAdministratorStart implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly database: DatabaseConnector,
    private readonly administrator: FirstAdministrator,
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
      await this.administrator.ensure();
    } catch (error) {
      this.logger.warn({ error: String(error) }, 'first administrator not ready, will retry');
      this.timer = setTimeout(() => void this.ensure(), RETRY_MS);
    }
  }
}
