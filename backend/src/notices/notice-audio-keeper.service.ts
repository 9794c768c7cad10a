import { lstat, readdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { DatabaseConnector } from '../platform/database-connector.ts';
import { isMissing } from '../platform/file-errors.ts';
import { Logger } from '../platform/logging.ts';
import { Settings } from '../platform/settings.ts';
import { writeWhole } from '../platform/whole-file.ts';
import { isOwnAudio, ownAudioId } from './notice-audio-id.ts';
import { NoticeAudioRepository } from './notice-audio.repository.ts';
import { SHIPPED_AUDIO } from './shipped-notices.ts';
import type { Notice } from './notice.schema.ts';

/** Always true, and never wrong to say: what is heard in place of a sound that is lost. */
const LAST_RESORT = 'recording-notice-short';
/** A call may still be hearing what a document named until just now. */
const FORGOTTEN_AFTER_MS = 24 * 3600_000;

/**
 * Brings the office's own sounds to where Asterisk plays them from. The truth is the database; the files are there so that
 * calls need none. A sound that is neither in the database nor on the disk is replaced by a link to a shipped
 * sentence: no caller hears nothing.
 */
@Injectable()
export class NoticeAudioKeeper {
  /** Names of the notices whose sound is lost, and that are heard in other words. */
  lost: readonly string[] = [];
  private readonly unnamedSince = new Map<string, number>();
  private readonly verified = new Set<string>();

  constructor(
    private readonly audio: NoticeAudioRepository,
    private readonly database: DatabaseConnector,
    private readonly settings: Settings,
    private readonly logger: Logger,
  ) {}

  /** Before a document is put in force, and now and then. Never rejects. */
  async bring({ notices }: Pick<ConfigurationDocument, 'notices'>): Promise<void> {
    const lost: string[] = [];
    for (const notice of notices.filter(({ audio }) => isOwnAudio(audio))) {
      try {
        if (!(await this.bringOne(notice))) lost.push(notice.name);
      } catch (error) {
        this.logger.error({ audio: notice.audio, error: String(error) }, 'sound of a notice cannot be put in place');
        lost.push(notice.name);
        await this.standInFor(notice);
      }
    }
    this.lost = lost;
    await this.forget(new Set(notices.map(({ audio }) => audio))).catch(() => undefined);
  }

  /** Something is heard with the disk full, too: a link takes no room that half a sound has not given back. */
  private async standInFor(notice: Notice): Promise<void> {
    const path = this.path(notice.audio);
    try {
      await rm(`${path}.partial`, { force: true });
      await this.standIn(notice, path);
    } catch (error) {
      this.logger.error({ audio: notice.audio, error: String(error) }, 'nothing can stand in for a sound that is lost');
    }
  }

  /** @returns false when something else stands in its place */
  private async bringOne(notice: Notice): Promise<boolean> {
    const { audio } = notice;
    const path = this.path(audio);
    if (await this.isWhole(audio, path)) return true;
    const pcm = await this.stored(audio);
    if (pcm === null) {
      await this.standIn(notice, path);
      return false;
    }
    await writeWhole(path, pcm, 0o640);
    this.verified.add(audio);
    this.logger.info({ audio }, 'sound of a notice is in place');
    return true;
  }

  /** Read as a whole once in a process's life, then only looked for. */
  private async isWhole(audio: string, path: string): Promise<boolean> {
    try {
      if ((await lstat(path)).isSymbolicLink()) return false;
      if (this.verified.has(audio)) return (await stat(path)).size > 0;
      if (ownAudioId(await readFile(path)) !== audio) return false;
      this.verified.add(audio);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  private async stored(audio: string): Promise<Buffer | null> {
    if (!this.database.isReady) return null;
    try {
      return await this.audio.pcm(audio);
    } catch (error) {
      this.logger.warn({ audio, error: String(error) }, 'sound of a notice cannot be read from the database');
      return null;
    }
  }

  private async standIn({ id, name, audio }: Notice, path: string): Promise<void> {
    const shipped = `${SHIPPED_AUDIO.has(id) ? id : LAST_RESORT}.sln`;
    if ((await readlink(path).catch(() => null)) === shipped) return;
    await rm(`${path}.partial`, { force: true });
    await symlink(shipped, `${path}.partial`);
    await rename(`${path}.partial`, path);
    this.logger.error({ audio, notice: name, instead: shipped }, 'sound of a notice is lost, callers hear another one');
  }

  private async forget(named: ReadonlySet<string>): Promise<void> {
    const folder = this.settings.layout.asteriskPrompts;
    const now = performance.now();
    for (const file of await readdir(folder)) {
      const [audio = ''] = file.split('.');
      if (named.has(audio)) this.unnamedSince.delete(file);
      if (!isOwnAudio(audio) || named.has(audio)) continue;
      const since = this.unnamedSince.get(file) ?? now;
      this.unnamedSince.set(file, since);
      if (now - since > FORGOTTEN_AFTER_MS) await rm(join(folder, file), { force: true });
    }
  }

  private path(audio: string): string {
    return join(this.settings.layout.asteriskPrompts, `${audio}.sln`);
  }
}
