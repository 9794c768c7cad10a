import { Injectable } from '@nestjs/common';
import { Logger } from '../../platform/logging.ts';
import { UndecryptableError } from '../encryption/encryption.errors.ts';
import {
  KeyFormatUnknownError,
  MasterKeyUnknownError,
  RecordingKeyGoneError,
  WrappedKeyAlteredError,
} from '../encryption/key.errors.ts';
import { SoundLayoutError } from '../formats/sound-layout.ts';
import { StoredFileMissingError, StoreFailedError } from '../vault/recording-store.ts';
import type { RecordingEntity } from '../recording.entity.ts';
import { RecordingRepository } from '../recording.repository.ts';
import { type SealedAudio, Vault } from '../vault/vault.ts';
import { AudioConversion, type SealedContent } from './audio-conversion.ts';
import type { NotExported } from './export-manifest.schema.ts';
import { type ExportItem, ExportRepository } from './export.repository.ts';
import type { AudioSide, ExportFormat } from './export.schema.ts';
import { ToolFailedError } from './tool-stream.ts';

/** Audio of which all has just been decrypted and found to be what was sealed. */
interface Exportable {
  recording: RecordingEntity;
  sealed: SealedContent;
}

/**
 * A quarter of an hour of FLAC. Up to here audio is held from its verification until it has been sent, and decrypted once;
 * what is longer is decrypted again while it is sent. Each download holds two: the one that is sent, and the next.
 */
const MOST_HELD_BYTES = 8 * 1024 * 1024;

/** Where the content of an archive comes from. */
@Injectable()
export class ExportSource {
  private readonly mostHeldBytes = MOST_HELD_BYTES;

  constructor(
    private readonly exports: ExportRepository,
    private readonly vault: Vault,
    private readonly recordings: RecordingRepository,
    private readonly conversion: AudioConversion,
    private readonly logger: Logger,
  ) {}

  items(exportId: string, after: number, limit: number): Promise<ExportItem[]> {
    return this.exports.items(exportId, after, limit);
  }

  /**
   * Decrypts the whole recording before any of it leaves: a file that is begun cannot be taken back.
   * @returns why not, when it cannot be exported
   * @throws MasterKeyUnusableError, StoreRefusedError, StoreFailedError: not this recording's trouble, but the box's
   */
  async exportable(item: ExportItem): Promise<Exportable | NotExported> {
    const { recording } = item;
    // A call without a row is one that sealing has not come to yet.
    if (!recording) return item.recordingId === null && item.call ? 'not-sealed' : 'deleted';
    if (recording.state === 'sealing') return 'not-sealed';
    if (recording.state === 'none') return 'no-recording';
    if (recording.state === 'deleted') return 'deleted';
    const { path, sizeBytes, sha256, format } = recording;
    if (path === null || sizeBytes === null || sha256 === null || format === null) return 'deleted';
    try {
      const range = await this.verified(recording.id, { path, sizeBytes, sha256 });
      if (range) return { recording, sealed: { format, sizeBytes, range } };
      const there = await this.vault.has(path);
      return await this.inTrouble(recording, there ? 'file-damaged' : 'file-missing');
    } catch (error) {
      if (error instanceof StoredFileMissingError) return await this.inTrouble(recording, 'file-missing');
      const reason = await this.explain(item, error);
      if (reason === null) throw error;
      return reason;
    }
  }

  /** @throws what `AudioConversion.convert` and `Vault.open` throw */
  audio({ sealed }: Exportable, format: ExportFormat, side: AudioSide): AsyncIterable<Uint8Array> {
    return this.conversion.convert(sealed, format, side);
  }

  /** @returns where to read the audio from, or null when it is not what was sealed */
  private async verified(recordingId: string, audio: SealedAudio): Promise<SealedContent['range'] | null> {
    if (audio.sizeBytes > this.mostHeldBytes) {
      const holds = await this.vault.holds(recordingId, audio);
      return holds ? (start, end) => this.sealedAudio(recordingId, audio.path, start, end) : null;
    }
    const held = await this.vault.whole(recordingId, audio);
    return held && ((start, end) => slice(held, start, end));
  }

  /** @returns null for what is not this recording's trouble alone, and ends the download */
  async explain({ callId, recording }: ExportItem, error: unknown): Promise<NotExported | null> {
    const reason = isUnreadable(error) && (await this.storeIsWell()) ? 'file-damaged' : reasonOf(error);
    if (reason !== null) {
      const recordingId = recording?.id;
      this.logger.warn({ callId, recordingId, reason, error: String(error) }, 'a recording could not be exported');
    }
    return reason;
  }

  /** The worker's health report counts it until the file is as it was sealed again. */
  private async inTrouble({ id, callId, path }: RecordingEntity, reason: NotExported): Promise<NotExported> {
    this.logger.error({ recordingId: id, path, reason }, 'recording file is not what was sealed');
    await this.recordings.setTrouble(callId, 'vault-file-damaged');
    return reason;
  }

  private async storeIsWell(): Promise<boolean> {
    return this.vault.check().then(
      () => true,
      () => false,
    );
  }

  private async *sealedAudio(recordingId: string, path: string, start: number, end: number): AsyncGenerator<Buffer> {
    const audio = await this.vault.open(recordingId, path);
    yield* audio.range(start, end);
  }
}

/** Bytes `start` to `end` (exclusive) of all parts together. */
async function* slice(parts: readonly Buffer[], start: number, end: number): AsyncGenerator<Buffer> {
  let at = 0;
  for (const part of parts) {
    const wanted = part.subarray(Math.max(0, start - at), Math.max(0, end - at));
    if (wanted.length > 0) yield await Promise.resolve(wanted);
    at += part.length;
  }
}

/** The store, or the disk below it, does not give this file out. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof StoreFailedError || (error instanceof Error && 'code' in error && error.code === 'EIO');

/** What would befall every other recording too, such as a vault that is not there, is none of these. */
function reasonOf(error: unknown): NotExported | null {
  if (error instanceof ToolFailedError || error instanceof SoundLayoutError) return 'conversion-failed';
  if (error instanceof StoredFileMissingError) return 'file-missing';
  if (error instanceof UndecryptableError) return 'file-damaged';
  if (error instanceof RecordingKeyGoneError) return 'deleted';
  return OWN_KEY_TROUBLES.some((trouble) => error instanceof trouble) ? 'key-unusable' : null;
}

const OWN_KEY_TROUBLES = [MasterKeyUnknownError, WrappedKeyAlteredError, KeyFormatUnknownError];
