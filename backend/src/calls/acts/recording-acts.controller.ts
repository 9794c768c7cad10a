import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { type Asked, Route } from '../../platform/http/route.ts';
import { CallActs } from './call-acts.service.ts';

const CallParams = z.object({ id: z.uuid() });
type ToCall = Asked & { params: { id: string } };

/** What people do to the recording of a call in progress. Repeated, each changes nothing. */
@Controller()
export class RecordingActsController {
  constructor(private readonly acts: CallActs) {}

  @Route({
    method: 'post',
    path: '/calls/:id/recording/keep',
    access: 'recordings.keep',
    summary: 'Have the recording of a call in progress kept that a recording rule keeps on demand only',
    params: CallParams,
    response: null,
  })
  async keepRecording({ params, who, remoteAddress }: ToCall): Promise<void> {
    await this.acts.ask(params.id, { type: 'keep-recording' }, who, remoteAddress);
  }

  @Route({
    method: 'post',
    path: '/calls/:id/recording/pause',
    access: 'recordings.pause',
    summary: 'Pause the recording of a call in progress; it goes on by itself after the configured time',
    params: CallParams,
    response: null,
  })
  async pauseRecording({ params, who, remoteAddress }: ToCall): Promise<void> {
    await this.acts.ask(params.id, { type: 'pause-recording' }, who, remoteAddress);
  }

  @Route({
    method: 'post',
    path: '/calls/:id/recording/resume',
    access: 'recordings.pause',
    summary: 'Go on with a recording that was paused',
    params: CallParams,
    response: null,
  })
  async resumeRecording({ params, who, remoteAddress }: ToCall): Promise<void> {
    await this.acts.ask(params.id, { type: 'resume-recording' }, who, remoteAddress);
  }
}
