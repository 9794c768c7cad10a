import { once } from 'node:events';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/audit-trail.service.ts';
import { Clock } from '../../platform/clock.ts';
import { NotFoundError } from '../../platform/errors.ts';
import { Logger } from '../../platform/logging.ts';
import { DownloadPlaces } from './download-places.ts';
import { ArchiveContent } from './export-archive.ts';
import { ExportSource } from './export-source.ts';
import {
  ExportExpiredError,
  ExportNotEncryptedError,
  ExportOfSomebodyElseError,
  ExportRunningError,
  PassphraseNeededError,
  TooManyExportsError,
} from './export.errors.ts';
import { ExportRepository, type MadeExport } from './export.repository.ts';
import { type Orderer, stateOf } from './exports.service.ts';
import { HeldPassphrases } from './held-passphrases.ts';
import { PassphraseEncryption } from './passphrase-encryption.ts';
import { zipStream } from './zip-stream.ts';

/** More would take from playback what they win: a converter and the encryption of the line each. */
const AT_ONCE = 2;
/** Often enough for a screen, and far below the silence that counts as death. */
const PROGRESS_MS = 2000;

/** What a download is like before it begins. */
export interface Downloadable {
  found: MadeExport;
  fileName: string;
  contentType: string;
}

/** One download under way. */
export interface Download {
  content: Readable;
  /** To be called once, with null when everything was sent. */
  finish: (failure: Error | null) => Promise<void>;
}

/** Gives archives out as they are made: nothing of them is ever on a disk, and nothing has to be cleaned up. */
@Injectable()
export class ExportDownloads {
  private readonly places = new DownloadPlaces(AT_ONCE);

  constructor(
    private readonly exports: ExportRepository,
    private readonly source: ExportSource,
    private readonly encryption: PassphraseEncryption,
    private readonly passphrases: HeldPassphrases,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Takes the passphrase for the next download. @throws what `find` throws, ExportNotEncryptedError */
  async hold(id: string, passphrase: string, userId: string): Promise<void> {
    const { made } = await this.findOwn(id, userId);
    if (!made.encrypted) throw new ExportNotEncryptedError();
    this.passphrases.hold(id, passphrase, this.clock.now().getTime());
  }

  /** @throws NotFoundError, ExportOfSomebodyElseError, ExportExpiredError, PassphraseNeededError */
  async find(id: string, userId: string): Promise<Downloadable> {
    const found = await this.findOwn(id, userId);
    const { encrypted, createdAt } = found.made;
    if (encrypted && this.passphrases.find(id, this.clock.now().getTime()) === null) throw new PassphraseNeededError();
    const day = createdAt.toISOString().slice(0, 10).replaceAll('-', '');
    const fileName = `denwaban-export-${day}-${id.slice(0, 8)}.zip${encrypted ? '.age' : ''}`;
    return { found, fileName, contentType: encrypted ? 'application/octet-stream' : 'application/zip' };
  }

  /**
   * Keeps a place for a download that is about to begin: a browser that saves straight to the disk has no words for an
   * error.
   * @throws TooManyExportsError, ExportRunningError, and what `find` throws
   */
  async reserve(id: string, userId: string): Promise<void> {
    const { found } = await this.find(id, userId);
    const now = this.clock.now();
    if (stateOf(found, now) === 'running') throw new ExportRunningError();
    if (!this.places.reserve(id, now.getTime())) throw new TooManyExportsError();
  }

  /**
   * Writes down who downloads, then begins: the first recording has been verified once this resolves. The content fails
   * rather than end short.
   * @throws TooManyExportsError, ExportRunningError, PassphraseNeededError; MasterKeyUnusableError, StoreRefusedError,
   * StoreFailedError
   */
  async open({ found }: Downloadable, orderer: Orderer): Promise<Download> {
    const { id } = found.made;
    const startedAt = this.clock.now();
    if (this.places.isUnderWay(id)) throw new ExportRunningError();
    if (!this.places.take(id, startedAt.getTime())) throw new TooManyExportsError();
    try {
      if (!(await this.exports.claim(id, startedAt))) throw new ExportRunningError();
      return await this.begin(found, orderer, startedAt);
    } catch (error) {
      this.places.leave(id);
      throw error;
    }
  }

  private async begin(found: MadeExport, orderer: Orderer, startedAt: Date): Promise<Download> {
    const { id } = found.made;
    const archive = new ArchiveContent(found, this.source);
    let timer: NodeJS.Timeout | undefined;
    const end = async (complete: boolean) => {
      clearInterval(timer);
      const ended = { id, ...orderer, startedAt, endedAt: this.clock.now() };
      await this.exports
        .end(ended, complete ? 'completed' : 'interrupted', archive.progress)
        .catch((error: unknown) => {
          this.logger.error({ exportId: id, error: String(error) }, 'could not write down how an export ended');
        });
    };
    try {
      await this.audit.record({
        ...orderer,
        action: 'export.download',
        subject: id,
        detail: { calls: found.made.calls },
      });
      timer = setInterval(() => void this.tellProgress(id, startedAt, archive), PROGRESS_MS);
      const content = this.content(found, archive);
      await once(content, 'readable');
      return { content, finish: (failure) => this.finish(id, failure, end) };
    } catch (error) {
      await end(false);
      throw error;
    }
  }

  private content({ made }: MadeExport, archive: ArchiveContent): Readable {
    if (!made.encrypted) return zipStream(archive.entries());
    const passphrase = this.passphrases.find(made.id, this.clock.now().getTime());
    if (passphrase === null) throw new PassphraseNeededError();
    return Readable.from(this.encryption.encrypt(zipStream(archive.entries()), passphrase), { objectMode: false });
  }

  private async finish(id: string, failure: Error | null, end: (complete: boolean) => Promise<void>): Promise<void> {
    this.places.leave(id);
    if (failure === null) this.passphrases.forget(id);
    else this.logger.warn({ exportId: id, error: failure.message }, 'the download of an export broke off');
    await end(failure === null);
  }

  /** A screen that is behind is no reason to break a download off. */
  private async tellProgress(id: string, startedAt: Date, { progress }: ArchiveContent): Promise<void> {
    await this.exports.progress(id, startedAt, this.clock.now(), progress).catch((error: unknown) => {
      this.logger.warn({ exportId: id, error: String(error) }, 'could not write down how far an export is');
    });
  }

  private async findOwn(id: string, userId: string): Promise<MadeExport> {
    const found = await this.exports.find(id);
    if (!found) throw new NotFoundError();
    if (found.made.createdBy !== userId) throw new ExportOfSomebodyElseError();
    if (stateOf(found, this.clock.now()) === 'expired') throw new ExportExpiredError();
    return found;
  }
}
