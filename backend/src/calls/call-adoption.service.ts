import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { AriCommands } from '../asterisk/ari-commands.ts';
import { AriConnection } from '../asterisk/ari-connection.ts';
import type { AsteriskChannel } from '../asterisk/asterisk-events.ts';
import { channelVariable } from '../asterisk/dialplan-names.ts';
import { ConfigurationInForce } from '../configuration/configuration-in-force.ts';
import { Logger } from '../platform/logging.ts';
import { Settings } from '../platform/settings.ts';
import { CallEngine } from './call-engine.service.ts';
import { CallJournal } from './call-journal.service.ts';
import { namesIn } from './call-names.ts';
import { type MissedEvent, missedEvents, type PresentPhone } from './conversation.ts';
import { listOpenJournals, type OpenJournal } from './journal.ts';
import { phoneOfChannel } from './phone-channels.ts';

const EVERY_MS = 30_000;
/** What is true of two looks so far apart is no event that is just on its way. */
const CONFIRM_AFTER_MS = 1000;

interface Missed {
  callId: string;
  event: MissedEvent;
}

/**
 * Brings what we know of the calls up to what Asterisk shows: after a start of ours, after a lost connection, and from time
 * to time. Who holds nobody tells twice; everything else the dialplan has journalled.
 */
@Injectable()
export class CallAdoption implements OnModuleInit, OnApplicationShutdown {
  private subscription: Subscription | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running = false;
  private stopped = false;
  /** Missed events of the last look, as text. */
  private suspected = new Set<string>();

  constructor(
    private readonly connection: AriConnection,
    private readonly commands: AriCommands,
    private readonly configuration: ConfigurationInForce,
    private readonly engine: CallEngine,
    private readonly journal: CallJournal,
    private readonly settings: Settings,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.subscription = this.connection.connected$.subscribe((connected) => {
      if (!connected) return;
      void this.giveBackStrays().catch((error: unknown) => {
        this.logger.warn({ error: String(error) }, 'calls of the process before not given back, their leases run out');
      });
      this.lookIn(0);
    });
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    this.subscription?.unsubscribe();
    clearTimeout(this.timer);
  }

  /** Claimed calls that nobody carries: of a process that died, or from before a lost connection. */
  private async giveBackStrays(): Promise<void> {
    for (const channelId of await this.commands.claimable()) {
      if (this.engine.carries(channelId)) continue;
      this.logger.warn({ channelId }, 'call that nobody carries given back to the dialplan');
      await this.commands.giveBack(channelId).catch(() => undefined);
    }
  }

  private lookIn(delayMs: number): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => void this.look(), delayMs);
  }

  private async look(): Promise<void> {
    if (this.running) return;
    this.running = true;
    let found = 0;
    try {
      if (this.connection.connected) found = await this.compare();
    } catch (error) {
      this.logger.warn({ error: String(error) }, 'calls not compared with Asterisk, will retry');
    } finally {
      this.running = false;
      this.lookIn(found > 0 ? CONFIRM_AFTER_MS : EVERY_MS);
    }
  }

  /** @returns how much was suspected for the first time */
  private async compare(): Promise<number> {
    const missed = await this.missed();
    const before = this.suspected;
    this.suspected = new Set();
    for (const item of missed) {
      const key = JSON.stringify(item);
      if (before.has(key)) await this.makeUp(item);
      else this.suspected.add(key);
    }
    return this.suspected.size;
  }

  private async makeUp({ callId, event: { type, phone } }: Missed): Promise<void> {
    this.logger.warn({ callId, event: type }, 'what nobody told is journalled');
    await this.journal.write(callId, { e: type, phone, found: 'later' });
  }

  private async missed(): Promise<Missed[]> {
    const { document } = this.configuration;
    const open = await listOpenJournals(this.settings.layout.spool);
    if (!document || open.length === 0) return [];
    const [bridges, channels] = await Promise.all([this.commands.bridges(), this.commands.channels()]);
    const byId = new Map(channels.map((channel) => [channel.id, channel]));
    const names = namesIn(document);
    const found: Missed[] = [];
    for (const bridge of bridges) {
      const members = bridge.channelIds.flatMap((id) => byId.get(id) ?? []);
      const call = await this.callOf(members, open);
      if (!call) continue;
      const present = await this.phonesOf(members);
      const events = missedEvents(call.entries, present, names);
      found.push(...events.map((event) => ({ callId: call.callId, event })));
    }
    return found;
  }

  /** The call that a bridge is about; null for one between phones. */
  private async callOf(members: readonly AsteriskChannel[], open: readonly OpenJournal[]): Promise<OpenJournal | null> {
    for (const { id, name } of members) {
      if (this.phoneOf(name) !== null) continue;
      const known = open.find(({ entries }) => entries.some((entry) => entry.e === 'begin' && entry.channel === id));
      const call = known ?? (await this.callNamedBy(id, open));
      if (call) return call;
    }
    return null;
  }

  /** A channel can take the place of another. */
  private async callNamedBy(channelId: string, open: readonly OpenJournal[]): Promise<OpenJournal | undefined> {
    const callId = await this.commands.variable(channelId, channelVariable.call);
    return open.find((call) => call.callId === callId);
  }

  private async phonesOf(members: readonly AsteriskChannel[]): Promise<PresentPhone[]> {
    const phones = await Promise.all(
      members.map(async ({ id, name }) => {
        const phone = this.phoneOf(name);
        if (phone === null) return [];
        return [{ phone, holding: await this.commands.isHolding(id) }];
      }),
    );
    return phones.flat();
  }

  private phoneOf(channelName: string): string | null {
    return phoneOfChannel(channelName, this.configuration.document?.phones ?? []);
  }
}
