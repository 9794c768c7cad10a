import { pipeline } from 'node:stream/promises';
import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { Route, type RouteInput, streamed } from '../platform/http/route.ts';
import { DeletionRepository } from './deletion.repository.ts';
import { Playback, type Playable } from './playback.service.ts';
import { recordingDetail } from './recording-view.ts';
import { RecordingDetail, RecordingPeaks } from './recording.schema.ts';
import { RangeNotSatisfiableError } from './recordings.errors.ts';

const params = z.object({ id: z.uuid() });

const DETAIL = {
  method: 'get',
  path: '/recordings/:id',
  access: 'recordings.play',
  summary: 'What is known about a recording',
  params,
  response: RecordingDetail,
} as const;

const AUDIO = {
  method: 'get',
  path: '/recordings/:id/audio',
  access: 'recordings.play',
  summary: 'The audio of a recording, left = the outside party, right = our side; leaves a trace in the audit trail',
  params,
  headers: { Range: 'One range of bytes, RFC 9110; answered with 206' },
  response: streamed('audio/flac', 'the audio, or the range asked for'),
} as const;

const PEAKS = {
  method: 'get',
  path: '/recordings/:id/peaks',
  access: 'recordings.play',
  summary: 'The waveform of both sides of a recording',
  params,
  response: RecordingPeaks,
} as const;

@Controller()
export class RecordingsController {
  constructor(
    private readonly playback: Playback,
    private readonly deletions: DeletionRepository,
  ) {}

  @Route(DETAIL)
  async getRecording({ params: { id } }: RouteInput<typeof DETAIL>): Promise<RecordingDetail> {
    const recording = await this.playback.find(id);
    return recordingDetail(recording, await this.deletions.deletionOf(recording));
  }

  @Route(PEAKS)
  getRecordingPeaks({ params: { id } }: RouteInput<typeof PEAKS>): Promise<RecordingPeaks> {
    return this.playback.peaks(id);
  }

  /** HEAD is answered too, as if it had asked for the whole (RFC 9110, 14.2: only GET has ranges). */
  @Route(AUDIO)
  async getRecordingAudio({ params: { id }, who, request, reply, remoteAddress }: RouteInput<typeof AUDIO>) {
    const isHead = request.method === 'HEAD';
    reply.set({ 'Accept-Ranges': 'bytes', 'Cache-Control': 'no-store' });
    const wanted = await this.prepare(id, isHead ? undefined : request.headers.range, request, reply);
    const { range, sizeBytes } = wanted;
    const part = range.kind === 'part' ? range : { first: 0, last: sizeBytes - 1 };
    const content = isHead ? null : await this.playback.open(wanted, { userId: who.userId, remoteAddress });
    reply.status(range.kind === 'part' ? 206 : 200);
    reply.set({ 'Content-Type': 'audio/flac', 'Content-Length': String(part.last - part.first + 1) });
    if (range.kind === 'part') reply.set('Content-Range', `bytes ${part.first}-${part.last}/${sizeBytes}`);
    if (content === null) reply.end();
    else await pipeline(content, reply).catch(ignoreHangUp);
  }

  private async prepare(
    id: string,
    range: string | undefined,
    request: RouteInput<typeof AUDIO>['request'],
    reply: RouteInput<typeof AUDIO>['reply'],
  ): Promise<Playable> {
    try {
      return await this.playback.prepare(id, range, request.headers['if-range'] !== undefined);
    } catch (error) {
      if (error instanceof RangeNotSatisfiableError) reply.set('Content-Range', `bytes */${error.sizeBytes}`);
      throw error;
    }
  }
}

/** A player drops a connection whenever the listener jumps. */
function ignoreHangUp(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
  throw error;
}
