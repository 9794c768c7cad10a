import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../platform/clock.ts';
import { DatabaseConnector } from '../../platform/database-connector.ts';
import { DenwabanError } from '../../platform/errors.ts';
import { Logger } from '../../platform/logging.ts';
import { RecordingDeletions } from '../deletion/deletion.service.ts';
import { decideCompleteness, NO_AUDIO, recordedSpan } from '../spool/completeness.ts';
import { type NamedFile, RecordingRepository, type UnsettledCall } from '../recording.repository.ts';
import { Spool } from '../spool/spool.ts';
import { Vault } from './vault.ts';

const CHECK_MS = 30_000;
/** An interrupted write is never continued, but one may be running. */
const LEFTOVER_AGE_MS = 3_600_000;
/** Small enough not to be noticed; all files are seen again and again in turn. */
const FILES_A_CHECK = 500;
/** Long enough for any sealing with retries to have opened its row or still have its journal. */
const GRACE_MS = 600_000;
const LOOK_BACK_MS = 2 * 86_400_000;
/** That many at once are not lost journals but a spool that is not there. */
export const BRAKE = 20;

/** Looks whether rows, vault and spool agree. Reports what does not; deletes no row, and no recording but those that somebody has deleted. */
@Injectable()
export class VaultCheck implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private checkedUpTo: string | null = null;
  private braked = 0;

  constructor(
    private readonly vault: Vault,
    private readonly spool: Spool,
    private readonly recordings: RecordingRepository,
    private readonly deletions: RecordingDeletions,
    private readonly clock: Clock,
    private readonly database: DatabaseConnector,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.database.ready().then(() => {
      if (!this.stopped) this.running = this.keepChecking();
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** How many calls without a recording were left alone because they were too many at once. */
  get brakedCalls(): number {
    return this.braked;
  }

  /** One round of everything. */
  async check(): Promise<void> {
    await this.vault.check();
    const removed = await this.vault.removeLeftovers(new Date(this.clock.now().getTime() - LEFTOVER_AGE_MS));
    if (removed > 0) this.logger.info({ removed }, 'removed leftovers of interrupted writes from the vault');
    await this.deletions.finishAll();
    await this.checkFiles();
    await this.settleWithoutSpool();
  }

  private async keepChecking(): Promise<void> {
    await this.check().catch((error: unknown) => {
      this.logger.warn({ error: String(error) }, 'vault check failed');
    });
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.keepChecking();
    }, CHECK_MS);
  }

  private async checkFiles(): Promise<void> {
    const files = await this.recordings.findFiles(this.checkedUpTo, FILES_A_CHECK);
    for (const file of files) await this.checkFile(file);
    this.checkedUpTo = files.length < FILES_A_CHECK ? null : (files.at(-1)?.id ?? null);
  }

  private async checkFile(file: NamedFile): Promise<void> {
    const { id, callId, path, inTrouble } = file;
    const there = await this.vault.hasSizeOf(file);
    if (there === !inTrouble) return;
    if (there && !(await this.isWhole(file))) return;
    await this.recordings.setTrouble(callId, there ? null : 'vault-file-damaged');
    if (there) this.logger.info({ recordingId: id }, 'recording file is back in the vault');
    else this.logger.error({ recordingId: id, path }, 'recording file is missing from the vault or cut');
  }

  /** Its size alone does not tell that a file which could not be played is well again. */
  private async isWhole({ id, ...audio }: NamedFile): Promise<boolean> {
    return this.vault.holds(id, audio).catch((error: unknown) => {
      if (error instanceof DenwabanError) return false;
      throw error;
    });
  }

  /** Calls whose journal has vanished from the spool without a recording: nothing will seal them any more. */
  private async settleWithoutSpool(): Promise<void> {
    const now = this.clock.now().getTime();
    const [since, endedBefore] = [new Date(now - LOOK_BACK_MS), new Date(now - GRACE_MS)];
    const inSpool = new Set(await this.spool.calls());
    const unsettled = await this.recordings.findUnsettledCalls(since, endedBefore, inSpool.size + BRAKE + 1);
    const vanished = unsettled.filter(({ callId }) => !inSpool.has(callId));
    this.braked = vanished.length > BRAKE ? vanished.length : 0;
    if (this.braked > 0) {
      this.logger.error({ calls: this.braked }, 'too many calls have neither recording nor spool file: left alone');
      return;
    }
    for (const call of vanished) await this.settle(call);
  }

  private async settle({ callId, journal }: UnsettledCall): Promise<void> {
    const span = recordedSpan(journal);
    if (!span) return;
    const { reason, rule } = decideCompleteness(span, NO_AUDIO);
    const recording = await this.recordings.open(callId, span.beganAt);
    await this.recordings.settleWithout(recording, reason ?? 'file-missing', rule);
    this.logger.warn({ callId, reason }, 'a call has no recording and nothing in the spool');
  }
}
