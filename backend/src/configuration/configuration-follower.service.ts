import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { filter, merge, type Subscription, timer } from 'rxjs';
import { AmiConnection } from '../asterisk/ami-connection.ts';
import { NoticeAudioKeeper } from '../notices/notice-audio-keeper.service.ts';
import { DatabaseConnector } from '../platform/database-connector.ts';
import { Logger } from '../platform/logging.ts';
import { MessageReceiver, MessageSender } from '../platform/messages.ts';
import { OnceMore } from '../platform/once-more.ts';
import { ConfigurationApplier, ConfigurationNotAppliedError, ConfigurationUnfitError } from './apply-configuration.ts';
import { ConfigurationInForce } from './configuration-in-force.ts';
import { ConfigurationVersionRepository } from './configuration-version.repository.ts';

/** Messages can be lost and Asterisk can forget: look again now and then. */
const LOOK_EVERY_MS = 30_000;

/**
 * Keeps Asterisk at the newest configuration it accepts: the newest stored version, or, with no database or when that
 * version was refused, the last good document.
 */
@Injectable()
export class ConfigurationFollower implements OnApplicationBootstrap, OnApplicationShutdown {
  private subscription: Subscription | undefined;
  private readonly following = new OnceMore(
    () => this.followOnce(),
    (error) => this.logger.warn({ error: String(error) }, 'configuration not verified, will look again'),
  );

  constructor(
    private readonly ami: AmiConnection,
    private readonly applier: ConfigurationApplier,
    private readonly noticeAudio: NoticeAudioKeeper,
    private readonly inForce: ConfigurationInForce,
    private readonly versions: ConfigurationVersionRepository,
    private readonly database: DatabaseConnector,
    private readonly receiver: MessageReceiver,
    private readonly sender: MessageSender,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.subscription = merge(
      this.ami.connected$.pipe(filter((connected) => connected)),
      this.receiver.messages$.pipe(filter(({ kind }) => kind === 'configuration')),
      this.receiver.reconnected$,
      timer(LOOK_EVERY_MS, LOOK_EVERY_MS),
    ).subscribe(() => void this.follow());
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
    const newest = await this.newest();
    if (newest && newest.applied !== false && (await this.takeOver(newest))) return;
    const { document } = this.inForce;
    if (!document) return;
    await this.noticeAudio.bring(document);
    await this.applier.apply(document);
  }

  private async newest() {
    if (!this.database.isReady) return null;
    try {
      return await this.versions.newest();
    } catch (error) {
      this.logger.warn(
        { error: String(error) },
        'configuration versions cannot be read, staying with the last good one',
      );
      return null;
    }
  }

  /** @returns false when Asterisk refused it */
  private async takeOver({
    version,
    document,
    applied,
  }: NonNullable<Awaited<ReturnType<ConfigurationVersionRepository['newest']>>>): Promise<boolean> {
    let refusal: string | null = null;
    await this.noticeAudio.bring(document);
    try {
      await this.applier.apply(document);
      this.inForce.replace(document);
    } catch (error) {
      if (!(error instanceof ConfigurationNotAppliedError || error instanceof ConfigurationUnfitError)) throw error;
      this.logger.error({ version, error: error.message }, 'configuration refused');
      refusal = error.message;
    }
    this.inForce.error = refusal;
    // A version in force already that is refused now (Asterisk's trouble, not the document's) is tried again.
    if (applied === null) {
      await this.versions.settle(version, refusal);
      await this.sender.send({ kind: 'configuration-applied', version });
      this.logger.info({ version, inForce: refusal === null }, 'configuration version settled');
    }
    return refusal === null;
  }
}
