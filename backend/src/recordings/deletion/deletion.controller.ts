import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { Route, type RouteInput } from '../../platform/http/route.ts';
import { DeletionRepository } from './deletion.repository.ts';
import { RecordingDeletions } from './deletion.service.ts';
import { recordingDetail } from '../recording-view.ts';
import { RecordingDeletionOrder, RecordingDetail } from '../recording.schema.ts';

const DELETE = {
  method: 'delete',
  path: '/recordings/:id',
  access: 'recordings.delete',
  summary: 'Delete a recording for good: its key, then its file. When, by whom, by which rule and why stays on record',
  params: z.object({ id: z.uuid() }),
  body: RecordingDeletionOrder,
  response: RecordingDetail,
} as const;

@Controller()
export class DeletionController {
  constructor(
    private readonly deletions: RecordingDeletions,
    private readonly rows: DeletionRepository,
  ) {}

  @Route(DELETE)
  async deleteRecording({ params: { id }, body, who, remoteAddress }: RouteInput<typeof DELETE>) {
    const recording = await this.deletions.delete(id, { ...body, userId: who.userId, remoteAddress });
    return recordingDetail(recording, await this.rows.deletionOf(recording));
  }
}
