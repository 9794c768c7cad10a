import { pipeline } from 'node:stream/promises';
import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { ignoreHangUp } from '../platform/http/hang-up.ts';
import { Route, type RouteInput, streamed } from '../platform/http/route.ts';
import { DeletionRepository } from './deletion/deletion.repository.ts';
import { Playback, type Playable, type PlayRequest } from './playback/playback.service.ts';
import { recordingDetail } from './recording-view.ts';
import { RecordingDetail, RecordingPeaks, RecordingPlay, RecordingPlayOrder } from './recording.schema.ts';
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

/** Not both: a side is one channel already. */
const Heard = z
  .object({ side: z.enum(['left', 'right']).optional(), mix: z.literal('mono').optional() })
  .refine(({ side, mix }) => side === undefined || mix === undefined, {
    message: 'side と mix は同時に指定できません。どちらか一方だけを指定してください',
  });

const AUDIO = {
  method: 'get',
  path: '/recordings/:id/audio',
  access: 'recordings.play',
  summary:
    'The audio of a recording as it was sealed (FLAC or Opus), left = the outside party, right = our side; with `side` ' +
    'or `mix` one channel as WAV. Leaves a trace in the audit trail: who listened, and to which part',
  params,
  query: Heard,
  headers: {
    Range: 'One range of bytes, RFC 9110; answered with 206',
    'If-Range': 'The entity tag of an earlier answer: the range counts only if it is still the same audio',
  },
  response: streamed('audio/*', 'the audio, or the range asked for'),
} as const;

const PLAY = {
  method: 'post',
  path: '/recordings/:id/plays',
  access: 'recordings.play',
  summary: 'Begin to play a recording and say why: the audio that is asked for next belongs to this play',
  params,
  body: RecordingPlayOrder,
  response: RecordingPlay,
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

  @Route(PLAY)
  async playRecording({ params: { id }, body, who, remoteAddress }: RouteInput<typeof PLAY>): Promise<RecordingPlay> {
    return { id: await this.playback.begin(id, body.reason, { userId: who.userId, remoteAddress }) };
  }

  /** HEAD is answered too, as if it had asked for the whole (RFC 9110, 14.2: only GET has ranges). */
  @Route(AUDIO)
  async getRecordingAudio({ params: { id }, query, who, request, reply, remoteAddress }: RouteInput<typeof AUDIO>) {
    const isHead = request.method === 'HEAD';
    const { range: header, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = request.headers;
    const asked = { id, hearing: query.side ?? query.mix ?? 'stereo', range: isHead ? undefined : header } as const;
    reply.set({ 'Accept-Ranges': 'bytes', 'Cache-Control': 'no-store' });
    const wanted = await this.prepare({ ...asked, ifRange: ifRange?.toString() }, reply);
    const { sound, range } = wanted;
    reply.set('ETag', sound.etag);
    if (isListed(ifNoneMatch, sound.etag)) {
      reply.status(304).end();
      return;
    }
    const part = range.kind === 'part' ? range : { first: 0, last: sound.sizeBytes - 1 };
    const content = isHead ? null : await this.playback.open(wanted, { userId: who.userId, remoteAddress });
    reply.status(range.kind === 'part' ? 206 : 200);
    reply.set({ 'Content-Type': sound.mediaType, 'Content-Length': String(part.last - part.first + 1) });
    if (range.kind === 'part') reply.set('Content-Range', `bytes ${part.first}-${part.last}/${sound.sizeBytes}`);
    if (content === null) reply.end();
    else await pipeline(content, reply).catch(ignoreHangUp);
  }

  private async prepare(asked: PlayRequest, reply: RouteInput<typeof AUDIO>['reply']): Promise<Playable> {
    try {
      return await this.playback.prepare(asked);
    } catch (error) {
      if (error instanceof RangeNotSatisfiableError) reply.set('Content-Range', `bytes */${error.sizeBytes}`);
      throw error;
    }
  }
}

/** RFC 9110, 13.1.2: `*` or a list of entity tags, compared weakly. */
const isListed = (header: string | undefined, etag: string): boolean =>
  header?.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim())) ?? false;
