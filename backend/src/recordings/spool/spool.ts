import { createReadStream, watch } from 'node:fs';
import * as nodeFiles from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import {
  callOfSpoolFile,
  journalPath,
  listJournals,
  rawAudioPath,
  readJournal,
  type Recorder,
  recorderClockPath,
  RECORDERS,
} from '../../calls/journal.ts';
import { isMissing } from '../../platform/file-errors.ts';
import type { JournalEntry } from '../../calls/journal.schema.ts';
import { isAllThere, type RecordedSpan, type SpoolAudio } from './completeness.ts';
import { durationOf } from '../sealing/pcm.ts';
import { isClosed, parseClock } from './recorder-clock.ts';
import type { RecorderFile, Segment } from './recording-timeline.ts';

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
      audio: (await this.audioNow(callId)).sizeBytes,
    };
  }

  /**
   * Waits until Asterisk has closed the audio of a call that is over.
   * @throws SpoolStillGrowingError
   */
  async closedAudio(callId: string, span: RecordedSpan): Promise<SpoolAudio> {
    const startedMs = performance.now();
    let audio = await this.audioNow(callId);
    if (audio.sizeBytes === null && !span.recorderAsked) return audio;
    let quietSinceMs = (await this.isQuiet(callId)) ? -Infinity : startedMs;
    for (;;) {
      if (allClosed(audio)) return audio;
      const nowMs = performance.now();
      const impatient = Date.now() - span.endedAt.getTime() >= this.closing.patienceMs;
      if (nowMs - quietSinceMs >= this.closing.quietMs && (impatient || isAllThere(span, audio))) return audio;
      if (nowMs - startedMs >= this.closing.giveUpMs) throw new SpoolStillGrowingError(callId);
      await delay(this.closing.pollMs);
      const before = audio.sizeBytes;
      audio = await this.audioNow(callId);
      if (audio.sizeBytes !== before) quietSinceMs = performance.now();
    }
  }

  /** The audio and the clocks of a call's recorders as they are now. */
  private async audioNow(callId: string): Promise<SpoolAudio> {
    const files: RecorderFile[] = [];
    let sizeBytes: number | null = null;
    for (const recorder of RECORDERS) {
      // In this order: a mark is written after the audio it is about.
      const marks = parseClock(await textOf(recorderClockPath(this.directory, callId, recorder)));
      const size = await sizeOf(rawAudioPath(this.directory, callId, recorder));
      if (size !== null) sizeBytes = (sizeBytes ?? 0) + size;
      files.push({ sizeBytes: size ?? 0, marks });
    }
    while (files.at(-1)?.sizeBytes === 0 && files.at(-1)?.marks.length === 0) files.pop();
    return { sizeBytes, files, firstMediaAt: this.firstMedia.get(callId) ?? null };
  }

  /** A part of the audio of a call. */
  audio(callId: string, { file, fromByte, toByte }: Extract<Segment, { kind: 'audio' }>): AsyncIterable<Buffer> {
    const recorder: Recorder = RECORDERS[file] ?? 1;
    const path = rawAudioPath(this.directory, callId, recorder);
    return createReadStream(path, { start: fromByte, end: toByte - 1, highWaterMark: 256 * 1024 });
  }

  /**
   * Removes the files of a call, the journal last: it alone says that there was a call.
   * @returns false when a file has changed since and was left
   */
  async remove(callId: string, read: SpoolSizes): Promise<boolean> {
    const now = await this.sizes(callId);
    if (now.audio !== read.audio || now.journal !== read.journal) return false;
    for (const recorder of RECORDERS) {
      const paths = [
        rawAudioPath(this.directory, callId, recorder),
        recorderClockPath(this.directory, callId, recorder),
      ];
      for (const path of paths) if ((await sizeOf(path)) !== null) await this.files.rm(path, { force: true });
    }
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

  /** Whether the audio has not been written to for a while already, so that there is nothing to wait for. */
  private async isQuiet(callId: string): Promise<boolean> {
    try {
      const { mtimeMs } = await nodeFiles.stat(rawAudioPath(this.directory, callId));
      return Date.now() - mtimeMs >= this.closing.quietMs;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** The first bytes reach the disk once a write step is full: media began that much earlier. */
  private async noteFirstMedia(callId: string): Promise<void> {
    const at = Date.now();
    const size = await sizeOf(rawAudioPath(this.directory, callId)).catch(() => null);
    if (size === null || size === 0 || size > WRITE_STEP_BYTES || this.firstMedia.has(callId)) return;
    this.firstMedia.set(callId, new Date(at - durationOf(size)));
  }
}

/** @returns null when there is no such file; a directory in its place is none */
async function sizeOf(path: string): Promise<number | null> {
  try {
    const found = await nodeFiles.stat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Whether every recorder that has begun says that it has ended. */
function allClosed({ files }: SpoolAudio): boolean {
  const begun = files.filter(({ sizeBytes, marks }) => sizeBytes > 0 || marks.length > 0);
  return begun.length > 0 && begun.every(({ marks }) => isClosed(marks));
}

async function textOf(path: string): Promise<string> {
  try {
    return await nodeFiles.readFile(path, 'latin1');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}
