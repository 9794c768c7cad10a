import { randomBytes } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { filter, merge, type Subscription, timer } from 'rxjs';
import { AmiCommands } from '../asterisk/ami-commands.ts';
import { AmiConnection } from '../asterisk/ami-connection.ts';
import { BLOCKLIST_FAMILY, blocklistFamily } from '../asterisk/dialplan-names.ts';
import { Clock } from '../platform/clock.ts';
import { DatabaseConnector } from '../platform/database-connector.ts';
import { Logger } from '../platform/logging.ts';
import { MessageReceiver } from '../platform/messages.ts';
import { OnceMore } from '../platform/once-more.ts';
import { ApprovedRulesRepository } from './approved-rules.repository.ts';
import { astDbKeys, astDbValues } from './astdb-copy.ts';
import { matchOfKey } from './block-decision.ts';

/** Messages can be lost: look again now and then. Rules that are over are cleared away by the way. */
const LOOK_EVERY_MS = 30_000;
/** Keys held in memory and rules read at once. */
const PAGE = 1000;

/** Which copy the dialplan reads, and up to where it is made. */
interface Copy {
  generation: string;
  /** Newest change of the table that is in it. */
  revision: number;
  /** Until when rules that are over have been cleared away. */
  clearedAt: Date;
}

/**
 * Keeps the copy of the approved block rules in AstDB, by which the dialplan decides about every call with or without us.
 * The table is the truth. What has changed since the copy's revision is made anew key by key, so that it may be stopped
 * anywhere and done again; a copy that is not there, or comes from another database, is made beside the old one and then
 * taken at once. With no database the copy stays as it is.
 */
@Injectable()
export class BlocklistInAsterisk implements OnApplicationBootstrap, OnApplicationShutdown {
  private subscription: Subscription | undefined;
  private readonly following = new OnceMore(
    () => this.followOnce(),
    (error) => this.logger.warn({ error: String(error) }, 'block rules not taken over, will look again'),
  );

  constructor(
    private readonly ami: AmiConnection,
    private readonly commands: AmiCommands,
    private readonly rules: ApprovedRulesRepository,
    private readonly database: DatabaseConnector,
    private readonly receiver: MessageReceiver,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.subscription = merge(
      this.ami.connected$.pipe(filter((connected) => connected)),
      this.receiver.reconnected$,
      this.receiver.messages$.pipe(filter(({ kind }) => kind === 'block-rules')),
      timer(LOOK_EVERY_MS, LOOK_EVERY_MS),
    ).subscribe(() => void this.follow());
  }

  onApplicationShutdown(): void {
    this.subscription?.unsubscribe();
  }

  /** Never rejects. Asked for while it runs, it runs once more afterwards. */
  follow(): Promise<void> {
    return this.following.run();
  }

  private async followOnce(): Promise<void> {
    if (!this.ami.connected || !this.database.isReady) return;
    const copy = await this.copy();
    await this.forgetLeft(copy?.generation ?? null);
    if (!copy || copy.revision > (await this.rules.newestRevision())) return this.rebuild(copy);
    let { revision } = copy;
    let lengthsAt = revision;
    for (;;) {
      const changed = await this.rules.changedAfter(revision, PAGE);
      if (changed.length === 0) break;
      revision = changed.at(-1)?.revision ?? revision;
      // Before the rules themselves: a length without rules costs a look, a rule without its length is never found.
      if (revision > lengthsAt && hasPrefix(changed)) lengthsAt = await this.renewLengths(copy.generation);
      await this.renew(copy.generation, changed);
      await this.commands.keep(blocklistFamily(copy.generation), 'revision', String(revision));
    }
    await this.clear(copy);
  }

  /** @returns null when there is none, or none that can be read */
  private async copy(): Promise<Copy | null> {
    const generation = await this.commands.keptValue(BLOCKLIST_FAMILY, 'generation');
    if (generation === null) return null;
    const family = blocklistFamily(generation);
    const [revision, cleared] = await Promise.all(
      ['revision', 'cleared'].map((key) => this.commands.keptValue(family, key)),
    );
    if (!isCount(revision) || !isCount(cleared)) return { generation, revision: Infinity, clearedAt: new Date(0) };
    return { generation, revision: Number(revision), clearedAt: new Date(Number(cleared)) };
  }

  private async rebuild(old: Copy | null): Promise<void> {
    const began = performance.now();
    const generation = randomBytes(4).toString('hex');
    const family = blocklistFamily(generation);
    await this.commands.keep(BLOCKLIST_FAMILY, 'left', [generation, ...(old ? [old.generation] : [])].join('&'));
    const now = this.clock.now();
    const revision = await this.rules.newestRevision();
    let rules = 0;
    for (let key = ''; ;) {
      const keys = await this.rules.keysAfter(key, now, PAGE);
      if (keys.length === 0) break;
      const page = await this.rules.at(keys, now);
      await this.commands.keepAll(family, astDbValues(page));
      rules += page.length;
      key = keys.at(-1) ?? key;
    }
    await this.keepLengths(family, now);
    await this.commands.keep(family, 'cleared', String(now.getTime()));
    await this.commands.keep(family, 'revision', String(revision));
    await this.commands.keep(BLOCKLIST_FAMILY, 'generation', generation);
    await this.forgetLeft(generation);
    this.logger.info({ rules, tookMs: Math.round(performance.now() - began) }, 'block rules copied into Asterisk');
    void this.following.run();
  }

  /** Clears away copies that are not in use, also those of a process that died while it made one. */
  private async forgetLeft(inUse: string | null): Promise<void> {
    const left = await this.commands.keptValue(BLOCKLIST_FAMILY, 'left');
    if (left === null) return;
    for (const generation of left.split('&')) {
      if (generation !== inUse) await this.commands.forgetFamily(blocklistFamily(generation));
    }
    await this.commands.forget(BLOCKLIST_FAMILY, 'left');
  }

  private async renew(generation: string, changed: readonly { matchKey: string; lines: string[] | null }[]) {
    const family = blocklistFamily(generation);
    const now = this.clock.now();
    const keys = [...new Set(changed.map(({ matchKey }) => matchKey))];
    const values = astDbValues(await this.rules.at(keys, now));
    await this.commands.keepAll(family, values);
    const touched = changed.flatMap(({ matchKey, lines }) => astDbKeys({ match: matchOfKey(matchKey), lines }));
    for (const key of new Set(touched)) if (!values.has(key)) await this.commands.forget(family, key);
  }

  /** @returns the change up to which the lengths are right */
  private async renewLengths(generation: string): Promise<number> {
    const revision = await this.rules.newestRevision();
    await this.keepLengths(blocklistFamily(generation), this.clock.now());
    return revision;
  }

  private async keepLengths(family: string, now: Date): Promise<void> {
    await this.commands.keep(family, 'lengths', (await this.rules.prefixLengths(now)).join('&'));
  }

  /** The dialplan passes over rules that are over; this only makes room. */
  private async clear({ generation, clearedAt }: Copy): Promise<void> {
    const now = this.clock.now();
    const over = await this.rules.expiredBetween(clearedAt, now, PAGE);
    if (over.length === PAGE) return this.rebuild(await this.copy());
    if (over.length === 0) return;
    await this.renew(generation, over);
    if (hasPrefix(over)) await this.renewLengths(generation);
    await this.commands.keep(blocklistFamily(generation), 'cleared', String(now.getTime()));
  }
}

const hasPrefix = (rules: readonly { matchKey: string }[]) =>
  rules.some(({ matchKey }) => matchKey.startsWith('prefix/'));

const isCount = (value: string | null | undefined): boolean => /^\d{1,15}$/.test(value ?? '');
