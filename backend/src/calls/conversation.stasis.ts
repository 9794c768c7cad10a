import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { AriCommands } from '../asterisk/ari-commands.ts';
import { AriConnection } from '../asterisk/ari-connection.ts';
import type { AsteriskEvent } from '../asterisk/asterisk-events.ts';
import { channelVariable } from '../asterisk/dialplan-names.ts';
import { ConfigurationInForce } from '../configuration/configuration-in-force.ts';
import { Logger } from '../platform/logging.ts';
import { CallJournal } from './call-journal.service.ts';
import { phoneOfChannel } from './phone-channels.ts';

type Holding = Extract<AsteriskEvent, { type: 'held' | 'resumed' }>;

/** Journals what happens in conversations without the dialplan taking notice: holding. */
@Injectable()
export class ConversationStasis implements OnModuleInit, OnApplicationShutdown {
  private subscription: Subscription | undefined;
  /** Keeps the lines of one call in the order of its events. */
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly connection: AriConnection,
    private readonly commands: AriCommands,
    private readonly configuration: ConfigurationInForce,
    private readonly journal: CallJournal,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.subscription = this.connection.events$.subscribe((event) => {
      if (event.type === 'held' || event.type === 'resumed') this.inTurn(() => this.hold(event));
    });
  }

  onApplicationShutdown(): void {
    this.subscription?.unsubscribe();
  }

  private inTurn(task: () => Promise<void>): void {
    this.last = this.last.then(task).catch((error: unknown) => {
      this.logger.warn({ error: String(error) }, 'event of a conversation not journalled');
    });
  }

  private async hold({ type, at, channel }: Holding): Promise<void> {
    const phone = phoneOfChannel(channel.name, this.configuration.document?.phones ?? []);
    if (phone === null) return;
    const callId = await this.commands.variable(channel.id, channelVariable.conversation);
    if (callId) await this.journal.write(callId, { e: type, phone }, at);
  }
}
