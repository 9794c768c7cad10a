import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { type Asked, Route } from '../../platform/http/route.ts';
import { Identifier } from '../../platform/schema.ts';
import { CallMarks } from '../call-marks.service.ts';
import { CallActs } from './call-acts.service.ts';
import { CallPhones } from './call-phones.schema.ts';
import { CallPhonesService } from './call-phones.service.ts';

const CallParams = z.object({ id: z.uuid() });
const Warning = z.strictObject({ kind: z.enum(['recording', 'final']) }).meta({ id: 'CallWarning' });
const Transfer = z
  .strictObject({
    to: Identifier,
    /** The staff member speaks with the colleague first; whoever of them hangs up leaves the call to the other. */
    askFirst: z.boolean().default(false),
  })
  .meta({ id: 'CallTransfer' });
const PickUp = z.strictObject({ phone: Identifier }).meta({ id: 'CallPickUp' });
const Supervision = z
  .strictObject({ phone: Identifier, mode: z.enum(['listen', 'whisper', 'join']) })
  .meta({ id: 'CallSupervision' });

type ToCall = Asked & { params: { id: string } };

/** What people do to a call in progress. */
@Controller()
export class CallActsController {
  constructor(
    private readonly marks: CallMarks,
    private readonly phones: CallPhonesService,
    private readonly acts: CallActs,
  ) {}

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

  @Route({
    method: 'post',
    path: '/calls/:id/warnings',
    access: 'calls.warn',
    summary: 'Play a warning to both sides of a conversation; it is in the recording',
    params: CallParams,
    body: Warning,
    response: null,
  })
  async warnCaller({ params, body, who, remoteAddress }: ToCall & { body: z.infer<typeof Warning> }): Promise<void> {
    await this.acts.ask(params.id, { type: 'warn', warning: body.kind }, who, remoteAddress);
  }

  @Route({
    method: 'put',
    path: '/calls/:id/ending',
    access: 'calls.end',
    summary: 'Arm the end of a call: for 30 seconds it may be confirmed, then it is disarmed by itself',
    params: CallParams,
    response: null,
  })
  async armEnding({ params, who, remoteAddress }: ToCall): Promise<void> {
    await this.acts.ask(params.id, { type: 'arm-ending' }, who, remoteAddress);
  }

  @Route({
    method: 'delete',
    path: '/calls/:id/ending',
    access: 'calls.end',
    summary: 'Disarm it',
    params: CallParams,
    response: null,
  })
  async cancelEnding({ params, who, remoteAddress }: ToCall): Promise<void> {
    await this.acts.ask(params.id, { type: 'cancel-ending' }, who, remoteAddress);
  }

  @Route({
    method: 'post',
    path: '/calls/:id/ending/confirm',
    access: 'calls.end',
    summary: 'Confirm the armed end: it is announced to both sides, then the call ends',
    params: CallParams,
    response: null,
  })
  async confirmEnding({ params, who, remoteAddress }: ToCall): Promise<void> {
    await this.acts.ask(params.id, { type: 'confirm-ending' }, who, remoteAddress);
  }

  @Route({
    method: 'get',
    path: '/calls/:id/phones',
    access: 'calls.watch',
    summary: 'Phones to which a call in progress can be handed on, and those that may be put to its conversation',
    params: CallParams,
    response: CallPhones,
  })
  async listCallPhones({ params }: ToCall): Promise<CallPhones> {
    return this.phones.of(params.id);
  }

  @Route({
    method: 'post',
    path: '/calls/:id/transfer',
    access: 'calls.transfer',
    summary: 'Hand a conversation on to another phone, at once (unanswered, it comes back) or after a word with it',
    params: CallParams,
    body: Transfer,
    response: null,
  })
  async transferCall({ params, body, who, remoteAddress }: ToCall & { body: z.infer<typeof Transfer> }): Promise<void> {
    await this.acts.ask(params.id, { type: 'transfer', ...body }, who, remoteAddress);
  }

  @Route({
    method: 'post',
    path: '/calls/:id/park',
    access: 'calls.transfer',
    summary: 'Park a conversation: the caller hears music until a phone takes the call, at most 90 seconds',
    params: CallParams,
    response: null,
  })
  async parkCall({ params, who, remoteAddress }: ToCall): Promise<void> {
    await this.acts.ask(params.id, { type: 'park' }, who, remoteAddress);
  }

  @Route({
    method: 'post',
    path: '/calls/:id/pick-up',
    access: 'calls.transfer',
    summary: 'Ring a phone; when it answers, it has the parked call',
    params: CallParams,
    body: PickUp,
    response: null,
  })
  async pickUpCall({ params, body, who, remoteAddress }: ToCall & { body: z.infer<typeof PickUp> }): Promise<void> {
    await this.acts.ask(params.id, { type: 'pick-up', ...body }, who, remoteAddress);
  }

  @Route({
    method: 'post',
    path: '/calls/:id/supervision',
    access: 'calls.supervise',
    summary: 'Ring a supervisor’s phone and let it listen, whisper to the staff member, or join',
    params: CallParams,
    body: Supervision,
    response: null,
  })
  async superviseCall({
    params,
    body,
    who,
    remoteAddress,
  }: ToCall & { body: z.infer<typeof Supervision> }): Promise<void> {
    await this.acts.ask(params.id, { type: 'supervise', ...body }, who, remoteAddress);
  }
}
