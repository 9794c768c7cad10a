import { once } from 'node:events';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/audit-trail.service.ts';
import { NotFoundError } from '../../platform/errors.ts';
import { Logger } from '../../platform/logging.ts';
import { type ByteRange, parseByteRange } from './byte-range.ts';
import { type Hearing, PlaySession, PlaySessions } from './play-sessions.ts';
import { peaksForDrawing } from '../sealing/peaks.ts';
import type { RecordingEntity } from '../recording.entity.ts';
import { RecordingRepository } from '../recording.repository.ts';
import type { RecordingPeaks } from '../recording.schema.ts';
import { RangeNotSatisfiableError } from '../recordings.errors.ts';
import { SealedAudioReader } from './sealed-audio-reader.ts';
import { type Sound, Sounds } from './sounds.service.ts';

export interface Listener {
  userId: string;
  remoteAddress: string | null;
}

/** What a request asks for of a recording. */
export interface PlayRequest {
  id: string;
  hearing: Hearing;
  /** Value of `Range`. */
  range: string | undefined;
  /** Value of `If-Range`: the range counts only if it is the sound's own entity tag (RFC 9110, 13.1.5). */
  ifRange: string | undefined;
}

/** A sound, and which part of it was asked for. */
export interface Playable {
  sound: Sound;
  range: Exclude<ByteRange, { kind: 'unsatisfiable' }>;
}

/** Gives recordings out to be heard, and writes down who heard which part of them, and why. */
@Injectable()
export class Playback {
  private readonly plays = new PlaySessions();

  constructor(
    private readonly recordings: RecordingRepository,
    private readonly sounds: Sounds,
    private readonly sealed: SealedAudioReader,
    private readonly audit: AuditTrail,
    private readonly logger: Logger,
  ) {}

  /** @throws NotFoundError */
  async find(id: string): Promise<RecordingEntity> {
    const recording = await this.recordings.findById(id);
    if (!recording) throw new NotFoundError();
    return recording;
  }

  /** @throws NotFoundError, RecordingNotPlayableError, RecordingDeletedError */
  async peaks(id: string): Promise<RecordingPeaks> {
    const recording = await this.sealed.find(id);
    const stored = await this.recordings.findPeaks(recording.id);
    if (!stored) throw new NotFoundError();
    return peaksForDrawing(stored.peaks, stored.perSecond);
  }

  /**
   * Begins a play on purpose: what the listener asks for from now on belongs to it.
   * @param reason why somebody listens, in their own words
   * @returns the id of the play
   * @throws NotFoundError, RecordingNotPlayableError, RecordingDeletedError
   */
  async begin(id: string, reason: string | null, listener: Listener): Promise<string> {
    return (await this.leaveTrace(await this.sealed.find(id), listener, { reason })).id;
  }

  /**
   * Opens what was asked for; nothing of it has been given out yet.
   * @throws RangeNotSatisfiableError, and what `Sounds.open` throws
   */
  async prepare({ id, hearing, range: header, ifRange }: PlayRequest): Promise<Playable> {
    const sound = await this.sounds.open(id, hearing);
    const counts = ifRange === undefined || ifRange.trim() === sound.etag;
    const range = parseByteRange(counts ? header : undefined, sound.sizeBytes);
    if (range.kind === 'unsatisfiable') throw new RangeNotSatisfiableError(sound.sizeBytes);
    return { sound, range };
  }

  /**
   * Writes down who listens before anything is given out; the first bytes have been decrypted and verified once this
   * resolves. When the content ends or is destroyed, what of it was taken is written down too.
   * The caller has to consume or destroy the content.
   * @throws RecordingUnreadableError; the content fails with it where the file is not what was sealed
   */
  async open({ sound, range }: Playable, listener: Listener): Promise<Readable> {
    const { first, last } = range.kind === 'part' ? range : { first: 0, last: sound.sizeBytes - 1 };
    const { recording, hearing } = sound;
    const play =
      this.plays.current(listener.userId, recording.id, performance.now()) ??
      (await this.leaveTrace(recording, listener, { hearing, firstByte: first }));
    const content = Readable.from(this.accounted(sound, first, last + 1, play, listener), { objectMode: false });
    await once(content, 'readable');
    return content;
  }

  private async *accounted(
    sound: Sound,
    first: number,
    end: number,
    play: PlaySession,
    listener: Listener,
  ): AsyncGenerator<Buffer> {
    let taken = first;
    try {
      for await (const chunk of sound.read(first, end)) {
        taken += chunk.length;
        yield chunk;
      }
    } finally {
      if (taken > first) await this.tell(sound, first, taken, play, listener);
    }
  }

  /** What of a play was taken. That somebody listens is on record already, so a failure here hides nobody. */
  private async tell(sound: Sound, first: number, end: number, play: PlaySession, listener: Listener): Promise<void> {
    const { recording, hearing } = sound;
    try {
      const stretch = await sound.stretchOf(first, end);
      if (stretch && (stretch.fromMs === stretch.toMs || play.isTold(hearing, stretch))) return;
      const detail = { callId: recording.callId, play: play.id, hearing, ...(stretch ?? { firstByte: first, end }) };
      await this.audit.record({ ...listener, action: 'recording.played', subject: recording.id, detail });
      if (stretch) play.noteTold(hearing, stretch);
    } catch (error) {
      this.logger.error(
        { recordingId: recording.id, play: play.id, error: String(error) },
        'played part not on record',
      );
    }
  }

  private async leaveTrace(
    recording: RecordingEntity,
    listener: Listener,
    why: Record<string, unknown>,
  ): Promise<PlaySession> {
    const detail = { callId: recording.callId, ...why };
    const id = await this.audit.record({ ...listener, action: 'recording.play', subject: recording.id, detail });
    const session = new PlaySession(id);
    this.plays.note(listener.userId, recording.id, session, performance.now());
    return session;
  }
}
