import { once } from 'node:events';
import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { type Asked, Route, type RouteInput, streamed } from '../platform/http/route.ts';
import { AuditTrail } from './audit-trail.service.ts';
import { AuditCheckpoint, AuditVerify, RecordingAccount, type VerificationLine } from './audit.schema.ts';
import { LogProofs } from './log-proofs.service.ts';
import { recordingAccount } from './recording-account.ts';
import { LogVerification } from './log-verification.service.ts';

const READ = {
  method: 'get',
  path: '/audit/checkpoint',
  access: 'audit.read',
  summary: 'The newest signed checkpoint of the audit log, and the key to verify it by',
  response: AuditCheckpoint,
} as const;

const SIGN = {
  method: 'post',
  path: '/audit/checkpoint',
  access: 'audit.verify',
  summary: 'Sign a checkpoint of the audit log now; it covers everything up to this request',
  response: AuditCheckpoint,
} as const;

const VERIFY = {
  method: 'post',
  path: '/audit/verify',
  access: 'audit.verify',
  summary:
    'Hold audit events and recordings against the log, the log against every checkpoint and, if asked for, the audio in the ' +
    'vault against its recordings. Answers JSON lines `{type: progress|audio-progress|finding|end}` as they come; an answer without `end` broke off',
  body: AuditVerify,
  response: streamed('application/x-ndjson', 'progress, findings (AuditFinding) and the verdict, a JSON object a line'),
} as const;

const PROOF = {
  method: 'get',
  path: '/recordings/:id/proof',
  access: 'recordings.play',
  summary:
    'Proof of what the audit log says of a recording: sealed, none and why, or deleted (c2sp.org/tlog-proof), ' +
    'checkable offline',
  params: z.object({ id: z.uuid() }),
  response: streamed('text/plain', 'a .tlog-proof; its `extra` is the leaf'),
} as const;

const ACCOUNT = {
  method: 'get',
  path: '/calls/:id/recording-proof',
  access: 'recordings.play',
  summary:
    'What became of the recording of a call: that it was sealed, why there is none, or by which rule it was deleted; ' +
    'as the audit log says, with proofs that an outsider can check',
  params: z.object({ id: z.uuid() }),
  response: RecordingAccount,
} as const;

@Controller()
export class AuditController {
  constructor(
    private readonly proofs: LogProofs,
    private readonly verification: LogVerification,
    private readonly audit: AuditTrail,
  ) {}

  @Route(READ)
  readCheckpoint(): Promise<AuditCheckpoint> {
    return this.proofs.newest();
  }

  @Route(SIGN)
  async signCheckpoint({ who, remoteAddress }: Asked): Promise<AuditCheckpoint> {
    return this.proofs.sign(await this.audit.record({ userId: who.userId, action: 'audit.sign', remoteAddress }));
  }

  @Route(VERIFY)
  async verifyAudit({ body, who, reply, remoteAddress }: RouteInput<typeof VERIFY>): Promise<void> {
    await this.audit.record({ userId: who.userId, action: 'audit.verify', remoteAddress });
    await this.verification.run(body, async (line: VerificationLine) => {
      if (reply.destroyed) return false;
      // Not before there is something to say: until then a failure can still be told as one.
      if (!reply.headersSent) reply.set({ 'Content-Type': 'application/x-ndjson; charset=utf-8' });
      if (!reply.write(`${JSON.stringify(line)}\n`)) await Promise.race([once(reply, 'drain'), once(reply, 'close')]);
      return !reply.destroyed;
    });
    reply.end();
  }

  @Route(ACCOUNT)
  async getCallRecordingProof({ params: { id }, who, remoteAddress }: RouteInput<typeof ACCOUNT>) {
    const history = await this.proofs.historyOfCall(id);
    const subject = history.recordingId;
    await this.audit.record({ userId: who.userId, action: 'recording.prove', subject, remoteAddress });
    return recordingAccount(id, history);
  }

  @Route(PROOF)
  async getRecordingProof({ params: { id }, who, reply, remoteAddress }: RouteInput<typeof PROOF>): Promise<void> {
    const proof = await this.proofs.ofRecording(id);
    await this.audit.record({ userId: who.userId, action: 'recording.prove', subject: id, remoteAddress });
    reply.set({
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Disposition': `attachment; filename="${id}.tlog-proof"`,
    });
    reply.end(proof);
  }
}
