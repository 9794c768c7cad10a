import { pipeline } from 'node:stream/promises';
import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { ignoreHangUp } from '../../platform/http/hang-up.ts';
import { Route, type RouteInput, streamed } from '../../platform/http/route.ts';
import { zipStream } from '../export/zip-stream.ts';
import { EvidenceRequest } from './evidence.schema.ts';
import { EvidenceService } from './evidence.service.ts';

const MAKE = {
  method: 'post',
  path: '/recordings/:id/evidence',
  access: 'recordings.evidence',
  summary:
    'An evidence package of a recording: the audio as it was sealed, its record, proofs from the signed log, the key, and a ' +
    'page that verifies it offline. Stands in the audit trail with its reason',
  params: z.object({ id: z.uuid() }),
  body: EvidenceRequest,
  response: streamed('application/zip', 'the package; cut off where the vault turns out not to hold what was sealed'),
} as const;

@Controller()
export class EvidenceController {
  constructor(private readonly evidence: EvidenceService) {}

  @Route(MAKE)
  async makeEvidence({ params, body, who, reply, remoteAddress }: RouteInput<typeof MAKE>): Promise<void> {
    const { userId, login, name } = who;
    const order = { reason: body.reason, by: { userId, login, name }, remoteAddress };
    const { recording, entries } = await this.evidence.prepare(params.id, order);
    const file = `${stamp(recording.startedAt)}_${recording.id.slice(0, 8)}.zip`;
    reply.set({
      'Content-Type': 'application/zip',
      // RFC 6266, 4.3.
      'Content-Disposition': `attachment; filename="evidence_${file}"; filename*=UTF-8''${encodeURIComponent(`証拠一式_${file}`)}`,
    });
    await pipeline(zipStream(entries), reply).catch(ignoreHangUp);
  }
}

/** `20261121_090533`, in the office's time. */
const stamp = (date: Date) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo', dateStyle: 'short', timeStyle: 'medium' })
    .format(date)
    .replaceAll(/[-:]/g, '')
    .replace(' ', '_');
