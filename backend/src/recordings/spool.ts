import { createReadStream, watch } from 'node:fs';
import * as nodeFiles from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { callOfSpoolFile, journalPath, listJournals, rawAudioPath, readJournal } from '../calls/journal.ts';
import { isMissing } from '../platform/file-errors.ts';
import type { JournalEntry } from '../calls/journal.schema.ts';
import { isAllThere, type RecordedSpan, type SpoolAudio } from './completeness.ts';
import { alignedBytes, durationOf } from './pcm.ts';

/** The file is still written to, long after its call has ended. */
export class SpoolStillGrowingError extends Error {
  override readonly name = 'SpoolStillGrowingError';
}

/** When a spool file counts as closed by Asterisk, which does not tell. */
export interface ClosingRule {
  pollMs: number;
  /** Unchanged for this long ... */
  quietMs: number;
  /** ... and, unless it is as long as its call, this long after the end of the call. */
  patienceMs: number;
  giveUpMs: number;
}

const CLOSING: ClosingRule = { pollMs: 50, quietMs: 200, patienceMs: 2000, giveUpMs: 15_000 };

/** Asterisk writes in steps of this: a file first seen larger has been growing for some time. */
const WRITE_STEP_BYTES = 32 * 1024;

/** Sizes of a call's files when they were read. null = no such file. */
export interface SpoolSizes {
  journal: number | null;
  audio: number | null;
}

/** The directory where Asterisk leaves the audio and the journal of each call. */
export class Spool {
  private readonly firstMedia = new Map<string, Date>();

  constructor(
    private readonly directory: string,
    private readonly closing: ClosingRule = CLOSING,
    private readonly files: Pick<typeof nodeFiles, 'rm'> = nodeFiles,
  ) {}

  calls(): Promise<string[]> {
    return listJournals(this.directory);
  }

  journal(callId: string): Promise<JournalEntry[]> {
    return readJournal(this.directory, callId);
  }

  async sizes(callId: string): Promise<SpoolSizes> {
    return {
      journal: await sizeOf(journalPath(this.directory, callId)),
      audio: await sizeOf(rawAudioPath(this.directory, callId)),
    };
  }

  /**
   * Waits until Asterisk has closed the audio of a call that is over.
   * @throws SpoolStillGrowingError
   */
  async closedAudio(callId: string, span: RecordedSpan): Promise<SpoolAudio> {
    const path = rawAudioPath(this.directory, callId);
    const startedMs = performance.now();
    let sizeBytes = await sizeOf(path);
    if (sizeBytes === null && !span.recorderAsked) return { sizeBytes, firstMediaAt: null };
    let quietSinceMs = (await isQuiet(path, this.closing.quietMs)) ? -Infinity : startedMs;
    for (;;) {
      const audio = { sizeBytes, firstMediaAt: this.firstMedia.get(callId) ?? null };
      const nowMs = performance.now();
      const impatient = Date.now() - span.endedAt.getTime() >= this.closing.patienceMs;
      if (nowMs - quietSinceMs >= this.closing.quietMs && (impatient || isAllThere(span, audio))) return audio;
      if (nowMs - startedMs >= this.closing.giveUpMs) throw new SpoolStillGrowingError(callId);
      await delay(this.closing.pollMs);
      const size = await sizeOf(path);
      if (size !== sizeBytes) quietSinceMs = performance.now();
      sizeBytes = size;
    }
  }

  /** The first `sizeBytes` of the audio, whole frames only. */
  async *audio(callId: string, sizeBytes: number): AsyncIterable<Buffer> {
    const wanted = alignedBytes(sizeBytes);
    if (wanted === 0) return;
    yield* createReadStream(rawAudioPath(this.directory, callId), { end: wanted - 1, highWaterMark: 256 * 1024 });
  }

  /**
   * Removes the files of a call, the journal last: it alone says that there was a call.
   * @returns false when a file has changed since and was left
   */
  async remove(callId: string, read: SpoolSizes): Promise<boolean> {
    const now = await this.sizes(callId);
    if (now.audio !== read.audio || now.journal !== read.journal) return false;
    await this.files.rm(rawAudioPath(this.directory, callId), { force: true });
    await this.files.rm(journalPath(this.directory, callId), { force: true });
    this.firstMedia.delete(callId);
    return true;
  }

  /**
   * Tells of calls whose journal has changed, and notes when the audio of a call begins to grow.
   * @returns what ends the watch
   */
  watch(changed: (callId: string) => void, failed: (error: Error) => void): () => void {
    const watcher = watch(this.directory, { persistent: false }, (_event, name) => {
      const found = callOfSpoolFile(name ?? '');
      if (found?.file === 'journal') changed(found.callId);
      else if (found && !this.firstMedia.has(found.callId)) void this.noteFirstMedia(found.callId);
    });
    watcher.on('error', failed);
    return () => watcher.close();
  }

  /** The first bytes reach the disk once a write step is full: media began that much earlier. */
  private async noteFirstMedia(callId: string): Promise<void> {
    const at = Date.now();
    const size = await sizeOf(rawAudioPath(this.directory, callId)).catch(() => null);
    if (size === null || size === 0 || size > WRITE_STEP_BYTES || this.firstMedia.has(callId)) return;
    this.firstMedia.set(callId, new Date(at - durationOf(size)));
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await nodeFiles.stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Whether a file has not been written to for a while already, so that there is nothing to wait for. */
async function isQuiet(path: string, quietMs: number): Promise<boolean> {
  try {
    return Date.now() - (await nodeFiles.stat(path)).mtimeMs >= quietMs;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
