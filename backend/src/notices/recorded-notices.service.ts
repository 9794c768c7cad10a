import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { isMissing } from '../platform/file-errors.ts';
import { Logger } from '../platform/logging.ts';
import { Settings } from '../platform/settings.ts';
import { NoticeAudioShelf } from './notice-audio-shelf.service.ts';
import { SoundUnfitError } from './notice-audio.errors.ts';

const LOOK_EVERY_MS = 2000;
/** How long `*51` can play a recording after it was made. */
const HEARD_FOR_MS = 7 * 24 * 3600_000;
/** `<number>-<extension>-<epoch second>-<channel>`, written by extensions-notices.conf. */
const DRAFT = /^(?<number>\d{1,2})-(?<extension>\d{1,8})-\d+-\d+$/;

/**
 * Takes notices that were recorded by phone onto the shelf, where an administrator may put them into a notice. Done again
 * after a crash it finds the same sound there.
 */
@Injectable()
export class RecordedNotices implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly shelf: NoticeAudioShelf,
    private readonly settings: Settings,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.look();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    try {
      await this.takeAll();
    } catch (error) {
      this.logger.warn({ error: String(error) }, 'notices recorded by phone cannot be taken, will look again');
    }
    if (!this.stopped) this.timer = setTimeout(() => void this.look(), LOOK_EVERY_MS);
  }

  /** What cannot be taken now (no database, no room) stays for the next time. */
  async takeAll(): Promise<void> {
    const names = await readdir(this.folder).catch((error: unknown): string[] => {
      if (isMissing(error)) return [];
      throw error;
    });
    const failures: unknown[] = [];
    for (const name of names.filter((one) => one.endsWith('.sln'))) {
      const draft = name.slice(0, -'.sln'.length);
      const looked = names.includes(`${draft}.done`) ? this.take(draft) : this.forgetWhenOld(name);
      // One that cannot be read must not keep the others waiting.
      await looked.catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  private async take(draft: string): Promise<void> {
    const { number, extension } = DRAFT.exec(draft)?.groups ?? {};
    if (number !== undefined && extension !== undefined) {
      try {
        const { id } = await this.shelf.keepRecorded(
          await readFile(this.path(`${draft}.sln`)),
          Number(number),
          extension,
        );
        this.logger.info({ audio: id, extension }, 'a notice was recorded by phone');
      } catch (error) {
        if (!(error instanceof SoundUnfitError)) throw error;
        this.logger.info({ draft, reason: error.details }, 'a recording by phone is of no use as a notice');
      }
    }
    await rm(this.path(`${draft}.done`), { force: true });
  }

  private async forgetWhenOld(name: string): Promise<void> {
    const { mtimeMs } = await stat(this.path(name));
    if (Date.now() - mtimeMs > HEARD_FOR_MS) await rm(this.path(name), { force: true });
  }

  private path(name: string): string {
    return join(this.folder, name);
  }

  private get folder(): string {
    return this.settings.layout.asteriskRecorded;
  }
}
