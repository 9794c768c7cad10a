import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CallFiling } from '../../calls/call-filing.service.ts';
import { LOW_WATER_BYTES } from '../../headroom/reserve.ts';
import { MessageSender } from '../../platform/messages.ts';
import {
  type Completion,
  decideCompleteness,
  recordedSpan,
  type RecordedSpan,
  type SpoolAudio,
} from '../spool/completeness.ts';
import { AudioEncoders } from '../formats/audio-encoders.ts';
import type { AudioFormat } from '../formats/audio-format.ts';
import { bytesLasting, PcmMeter, type PcmMeasurement, PEAKS_PER_SECOND, SAMPLE_RATE } from './pcm.ts';
import { STANDARD_CLASS } from '../recording-class.schema.ts';
import { RecordingClasses } from '../recording-classes.ts';
import type { Segment } from '../spool/recording-timeline.ts';
import type { RecordingEntity } from '../recording.entity.ts';
import { RecordingRepository } from '../recording.repository.ts';
import { StoreFullError } from '../vault/recording-store.ts';
import { CallNotFiledError } from '../recordings.errors.ts';
import { Spool } from '../spool/spool.ts';
import { asStored } from './stored-tracks.ts';
import { findTracks } from './tracks.ts';
import { Vault, VaultFileDamagedError } from '../vault/vault.ts';

/** Where audio is encoded before it goes to the vault. */
export class SealingDirectory {
  constructor(readonly path: string) {}

  /**
   * Makes it, with room for what sealing takes for a moment: encoded and encrypted, a call is about as large again as in
   * the spool. What sealing would use up otherwise belongs to the calls in progress and to the database.
   * @throws StoreFullError; the call waits in the spool
   */
  async prepare(spoolBytes: number): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(this.path);
    if (bavail * bsize - spoolBytes < LOW_WATER_BYTES) throw new StoreFullError('no room to seal in');
  }
}

export type SealingOutcome = 'settled' | 'in-progress' | 'changed';

const SILENCE = Buffer.alloc(64 * 1024);

/**
 * From the spool to the vault, in an order in which every step may be the last before a crash: the key is stored before
 * anything is encrypted with it, the file is in the vault and read back before the row says so, and the row says so before the spool lets go. Sealing may start again
 * at any point, any number of times.
 */
@Injectable()
export class SealingService implements OnModuleInit {
  constructor(
    private readonly spool: Spool,
    private readonly filing: CallFiling,
    private readonly encoders: AudioEncoders,
    private readonly classes: RecordingClasses,
    private readonly vault: Vault,
    private readonly recordings: RecordingRepository,
    private readonly messages: MessageSender,
    private readonly directory: SealingDirectory,
  ) {}

  /** What a killed process was encoding is encoded anew. */
  async onModuleInit(): Promise<void> {
    await rm(this.directory.path, { recursive: true, force: true });
  }

  /**
   * @returns `in-progress` when the call has not ended; `settled` when it is sealed or known to have no audio, and gone
   *   from the spool; `changed` when a file of it has changed meanwhile, so that it has to be looked at again
   * @throws whatever stands in the way; the spool is untouched then
   */
  async seal(callId: string): Promise<SealingOutcome> {
    const before = await this.spool.sizes(callId);
    const journal = await this.spool.journal(callId);
    const span = recordedSpan(journal);
    if (!span) return 'in-progress';
    if (!(await this.filing.file(callId))) throw new CallNotFiledError(callId);
    const audio = await this.spool.closedAudio(callId, span);
    const recording = await this.recordings.open(callId, span.beganAt);
    if (recording.state === 'deleted') await this.vault.destroy(recording.id, recording.path ?? vaultPath(recording));
    else await this.removeSuperseded(await this.settled(recording, span, audio));
    // Delivered at most once anyway: the row can be found by looking.
    await this.messages.send({ kind: 'call', callId }).catch(() => undefined);
    const released = await this.spool.remove(callId, { journal: before.journal, audio: audio.sizeBytes });
    return released ? 'settled' : 'changed';
  }

  /** Whether all that the spool holds is in the vault, as after a crash just before the spool was to be emptied. */
  private async isSettledAlready(recording: RecordingEntity, audio: SpoolAudio): Promise<boolean> {
    const { state, path, sizeBytes, sha256, spoolBytes } = recording;
    if (state === 'none') return audio.sizeBytes === null;
    if (state !== 'sealed' || path === null || sizeBytes === null || sha256 === null) return false;
    const inSpool = audio.sizeBytes ?? 0;
    const sealedFrom = spoolBytes ?? 0;
    if (inSpool <= sealedFrom && (await this.vault.holds(recording.id, { path, sizeBytes, sha256 }))) return true;
    if (inSpool >= sealedFrom) return false;
    throw new VaultFileDamagedError(`${path} is not what was sealed and the spool has nothing to seal it from`);
  }

  /** The row names another file now. */
  private async removeSuperseded(path: string | null): Promise<void> {
    const superseded = path === null ? null : supersededPath(path);
    if (superseded !== null) await this.vault.remove(superseded);
  }

  /** @returns where the audio is now, if there is any */
  private async settled(recording: RecordingEntity, span: RecordedSpan, audio: SpoolAudio): Promise<string | null> {
    if (await this.isSettledAlready(recording, audio)) return recording.path;
    return this.settle(recording, span, audio);
  }

  private async settle(recording: RecordingEntity, span: RecordedSpan, audio: SpoolAudio): Promise<string | null> {
    const completion = decideCompleteness(span, audio);
    if (completion.completeness !== 'none') return this.sealAudio(recording, audio, completion);
    await this.recordings.settleWithout(recording, completion.reason ?? 'no-audio', completion.rule);
    return null;
  }

  private async sealAudio(recording: RecordingEntity, audio: SpoolAudio, completion: Completion): Promise<string> {
    await this.vault.prepare(recording);
    const format = await this.classes.formatOf(STANDARD_CLASS);
    const scratch = join(this.directory.path, `${recording.id}.${process.pid}.${format}`);
    const spoolBytes = audio.sizeBytes ?? 0;
    await this.directory.prepare(spoolBytes);
    try {
      const { segments, ...facts } = completion;
      const measured = await this.encode(recording.callId, segments, format, scratch);
      const sealed = await this.vault.put(recording, freshPath(recording), scratch);
      await this.recordings.seal(recording, {
        ...sealed,
        ...facts,
        ...{ spoolBytes, durationMs: measured.durationMs },
        ...{ format, sampleRate: SAMPLE_RATE, peaks: measured.peaks, peaksPerSecond: PEAKS_PER_SECOND },
        tracks: asStored(findTracks(measured.windows, measured.durationMs)),
        ...{ leftLevelDbfs: measured.left.levelDbfs, rightLevelDbfs: measured.right.levelDbfs },
        ...{ leftSilentMs: measured.left.silentMs, rightSilentMs: measured.right.silentMs },
      });
      return sealed.path;
    } finally {
      await rm(scratch, { force: true });
    }
  }

  /** Measures what it encodes, in one pass. */
  private async encode(
    callId: string,
    segments: readonly Segment[],
    format: AudioFormat,
    target: string,
  ): Promise<PcmMeasurement> {
    const meter = new PcmMeter();
    const { spool } = this;
    const metered = async function* () {
      for (const segment of segments) {
        const source = segment.kind === 'gap' ? silence(segment.durationMs) : spool.audio(callId, segment);
        for await (const chunk of source) {
          meter.add(chunk);
          yield chunk;
        }
      }
    };
    const pcmBytes = segments.reduce((sum, segment) => sum + bytesOf(segment), 0);
    await this.encoders.encode(format, metered(), pcmBytes, target);
    return meter.finish();
  }
}

const bytesOf = (segment: Segment): number =>
  segment.kind === 'gap' ? bytesLasting(segment.durationMs) : segment.toByte - segment.fromByte;

function* silence(durationMs: number): Iterable<Buffer> {
  for (let left = bytesLasting(durationMs); left > 0; left -= SILENCE.length) yield SILENCE.subarray(0, left);
}

/**
 * @returns where a recording lives in the vault, e.g. `2026/11/21/<id>.c2sp`, by the day it began in UTC. The same whatever
 *   its format, so that a file is found even if its row was never written.
 */
export const vaultPath = ({ id, startedAt }: Pick<RecordingEntity, 'id' | 'startedAt'>): string =>
  `${startedAt.toISOString().slice(0, 10).replaceAll('-', '/')}/${id}.c2sp`;

/** @returns where to seal it: a file that the row relies on is not replaced but succeeded, by `<id>.2.c2sp` and so on */
export function freshPath(recording: Pick<RecordingEntity, 'id' | 'startedAt' | 'path'>): string {
  if (recording.path === null) return vaultPath(recording);
  const { stem, generation, ending } = partsOf(recording.path);
  return `${stem}.${generation + 1}${ending}`;
}

/** @returns what the file at this path took the place of, or null if it is the first */
export function supersededPath(path: string): string | null {
  const { stem, generation, ending } = partsOf(path);
  if (generation === 1) return null;
  return generation === 2 ? `${stem}${ending}` : `${stem}.${generation - 1}${ending}`;
}

function partsOf(path: string): { stem: string; generation: number; ending: string } {
  const {
    stem = path,
    generation,
    ending = '',
  } = /^(?<stem>.*\/[^/.]*)(?:\.(?<generation>\d+))?(?<ending>\.[^/]*)$/.exec(path)?.groups ?? {};
  return { stem, generation: Number(generation ?? 1), ending };
}
