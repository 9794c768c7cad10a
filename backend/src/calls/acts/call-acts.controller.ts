import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { type Asked, Route } from '../../platform/http/route.ts';
import { CallMarks } from '../call-marks.service.ts';

const CallParams = z.object({ id: z.uuid() });
type ToCall = Asked & { params: { id: string } };

/** What people do to a call in progress. */
@Controller()
export class CallActsController {
  constructor(private readonly marks: CallMarks) {}

  @Route({
    method: 'put',
    path: '/calls/:id/mark',
    access: 'calls.mark',
    summary: 'Mark a call as harassment (カスハラ), in progress or afterwards',
    params: CallParams,
    response: null,
  })
  async markCall({ params, who, remoteAddress }: ToCall): Promise<void> {
    await this.marks.set(params.id, true, who, remoteAddress);
  }

  @Route({
    method: 'delete',
    path: '/calls/:id/mark',
    access: 'calls.mark',
    summary: 'Take the mark back',
    params: CallParams,
    response: null,
  })
  async unmarkCall({ params, who, remoteAddress }: ToCall): Promise<void> {
    await this.marks.set(params.id, false, who, remoteAddress);
  }
}
