import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { AriCommands } from '../asterisk/ari-commands.ts';
import { AriConnection } from '../asterisk/ari-connection.ts';
import type { AsteriskChannel, AsteriskEvent } from '../asterisk/asterisk-events.ts';
import { channelVariable } from '../asterisk/dialplan-names.ts';
import { ConfigurationInForce } from '../configuration/configuration-in-force.ts';
import { Logger } from '../platform/logging.ts';
import { CallJournal } from './call-journal.service.ts';
import { phoneOfChannel } from './phone-channels.ts';
import { Takeover } from './takeover.service.ts';

type Holding = Extract<AsteriskEvent, { type: 'held' | 'resumed' }>;
type AttendedTransfer = Extract<AsteriskEvent, { type: 'attended-transfer' }>;

/** Journals what happens in conversations without the dialplan taking notice: holding and attended transfers. */
@Injectable()
export class ConversationStasis implements OnModuleInit, OnApplicationShutdown {
  private subscription: Subscription | undefined;
  /** Keeps the lines of one call in the order of its events. */
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly connection: AriConnection,
    private readonly commands: AriCommands,
    private readonly takeover: Takeover,
    private readonly configuration: ConfigurationInForce,
    private readonly journal: CallJournal,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.subscription = this.connection.events$.subscribe((event) => {
      if (event.type === 'held' || event.type === 'resumed') this.inTurn(() => this.hold(event));
      if (event.type === 'attended-transfer') this.inTurn(() => this.transfer(event));
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
    const phone = this.phoneOf(channel);
    if (phone === null) return;
    const callId = await this.commands.variable(channel.id, channelVariable.call);
    if (callId) await this.journal.write(callId, { e: type, phone }, at);
  }

  /** The phone that takes over was called on its own account. */
  private async transfer({ at, transferer, transferee, target }: AttendedTransfer): Promise<void> {
    const from = this.phoneOf(transferer[0]) ?? this.phoneOf(transferer[1]);
    const [outside, taker] = this.phoneOf(transferee) === null ? [transferee, target] : [target, transferee];
    const to = this.phoneOf(taker);
    if (from === null || to === null || !outside || !taker) return;
    const callId = await this.commands.variable(outside.id, channelVariable.call);
    if (!callId) return;
    const channels = { outsideChannelId: outside.id, takerChannelId: taker.id };
    await this.takeover.follow({ callId, ...channels, from, to, at });
  }

  /** @returns id of the phone whose channel it is; null for the outside party */
  private phoneOf(channel: AsteriskChannel | null): string | null {
    return channel && phoneOfChannel(channel.name, this.configuration.document?.phones ?? []);
  }
}
