import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { filter, merge, type Subscription, timer } from 'rxjs';
import { AmiCommands } from '../asterisk/ami-commands.ts';
import { AmiConnection } from '../asterisk/ami-connection.ts';
import { SWITCH_FAMILY } from '../asterisk/dialplan-names.ts';
import { Clock } from '../platform/clock.ts';
import { DatabaseConnector } from '../platform/database-connector.ts';
import { Logger } from '../platform/logging.ts';
import { MessageReceiver, MessageSender } from '../platform/messages.ts';
import { OnceMore } from '../platform/once-more.ts';
import { PhoneSwitches } from './phone-switches.service.ts';
import type { SwitchedState } from './schedule-state.ts';
import { ScheduleSwitchRepository } from './schedule-switch.repository.ts';

/** Messages can be lost: look again now and then. */
const LOOK_EVERY_MS = 30_000;

/** @returns null for what is no such value */
export function readSwitch(value: string): SwitchedState | null {
  const [, openness, second] = /^(open|closed)\/(\d{1,11})$/.exec(value) ?? [];
  if (openness !== 'open' && openness !== 'closed') return null;
  return { openness, until: new Date(Number(second) * 1000) };
}

/** The dialplan compares whole seconds. */
export const writeSwitch = ({ openness, until }: SwitchedState): string =>
  `${openness}/${Math.ceil(until.getTime() / 1000)}`;

/**
 * The schedules switched by hand, as calls go by them: those of the database, copied into AstDB, where the fallback
 * dialplan finds them; with no database those that AstDB still has.
 */
@Injectable()
export class SwitchesInForce implements OnApplicationBootstrap, OnApplicationShutdown {
  private state: ReadonlyMap<string, SwitchedState> = new Map();
  private subscription: Subscription | undefined;
  /** Announced, and not yet known to have reached AstDB. */
  private changes: string[] = [];
  private readonly following = new OnceMore(
    () => this.followOnce(),
    (error) => this.logger.warn({ error: String(error) }, 'schedule switches not taken over, will look again'),
  );

  constructor(
    private readonly ami: AmiConnection,
    private readonly commands: AmiCommands,
    private readonly switches: ScheduleSwitchRepository,
    private readonly phones: PhoneSwitches,
    private readonly database: DatabaseConnector,
    private readonly receiver: MessageReceiver,
    private readonly sender: MessageSender,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** May hold some that have ended. */
  get current(): ReadonlyMap<string, SwitchedState> {
    return this.state;
  }

  onApplicationBootstrap(): void {
    this.subscription = merge(
      this.ami.connected$.pipe(filter((connected) => connected)),
      this.receiver.reconnected$,
      this.phones.switched$,
      timer(LOOK_EVERY_MS, LOOK_EVERY_MS),
    ).subscribe(() => void this.follow());
    this.subscription.add(
      this.receiver.messages$.subscribe((message) => {
        if (message.kind !== 'schedule-switches') return;
        this.changes.push(message.change);
        void this.follow();
      }),
    );
  }

  onApplicationShutdown(): void {
    this.subscription?.unsubscribe();
  }

  /** Never rejects. */
  async follow(): Promise<void> {
    await this.following.run();
  }

  private async followOnce(): Promise<void> {
    if (!this.ami.connected) return;
    const announced = [...this.changes];
    // First: what a phone switches while the database is read is then none of what is taken away below.
    const kept = await this.commands.kept(SWITCH_FAMILY);
    const stored = await this.stored();
    if (!stored) {
      this.state = new Map([...kept].flatMap(([schedule, value]) => entryOf(schedule, readSwitch(value))));
      return;
    }
    this.state = stored;
    const wanted = new Map([...stored].map(([schedule, state]) => [schedule, writeSwitch(state)]));
    for (const schedule of kept.keys()) {
      if (!wanted.has(schedule)) await this.commands.forget(SWITCH_FAMILY, schedule);
    }
    for (const [schedule, value] of wanted) {
      if (kept.get(schedule) !== value) await this.commands.keep(SWITCH_FAMILY, schedule, value);
    }
    if (announced.length === 0) return;
    await this.sender.send({ kind: 'schedule-switches-applied', changes: announced });
    this.changes = this.changes.slice(announced.length);
  }

  /** @returns null when the database cannot be asked */
  private async stored(): Promise<ReadonlyMap<string, SwitchedState> | null> {
    if (!this.database.isReady) return null;
    try {
      await this.phones.takeIn();
      const active = await this.switches.activeAt(this.clock.now());
      return new Map(active.map(({ schedule, openness, until }) => [schedule, { openness, until }]));
    } catch (error) {
      this.logger.warn({ error: String(error) }, 'schedule switches cannot be read, staying with those in Asterisk');
      return null;
    }
  }
}

const entryOf = (schedule: string, state: SwitchedState | null): [string, SwitchedState][] =>
  state ? [[schedule, state]] : [];
