import { createHash, randomUUID } from 'node:crypto';
import type { CallDetail } from '../../calls/call.schema.ts';
import { decodeLeaf } from '../../audit/log/leaf.ts';
import type { RecordingEntity } from '../recording.entity.ts';
import { EVIDENCE_KIND } from './evidence-parts.ts';
import { EvidenceCall, type EvidenceFile, type EvidenceManifest } from './evidence.schema.ts';

export interface EvidenceOrder {
  reason: string;
  by: { userId: string; login: string; name: string };
  remoteAddress: string | null;
}

export function describeFile(name: string, content: string | Uint8Array): EvidenceFile {
  const bytes = Buffer.from(content);
  return { name, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** @param leaf of the recording, as it is logged */
export function evidenceManifest(
  order: EvidenceOrder,
  { leaf, recording, call }: { leaf: Uint8Array; recording: RecordingEntity; call: CallDetail },
  files: EvidenceFile[],
  createdAt: Date,
): EvidenceManifest {
  const logged = decodeLeaf(leaf);
  if (logged.type !== 'recording') throw new Error(`a ${logged.type} is no recording`);
  const { sampleRate, leadingSilenceMs, missingMs, gaps, leftSilentMs, rightSilentMs } = recording;
  return {
    ...{ kind: EVIDENCE_KIND, version: 1, packageId: randomUUID(), createdAt: createdAt.toISOString() },
    createdBy: order.by,
    reason: order.reason,
    recording: logged,
    audio: {
      channels: ['outside party', 'office'],
      ...{ sampleRate, leadingSilenceMs, missingMs, gaps, leftSilentMs, rightSilentMs },
    },
    call: EvidenceCall.parse(call),
    files,
  };
}

/** Indented for people; each file on a line of its own, which the commands of the how-to count on. */
export function formatManifest({ files, ...facts }: EvidenceManifest): string {
  const lines = files.map((file) => `    ${JSON.stringify(file)}`).join(',\n');
  return `${JSON.stringify(facts, null, 2).slice(0, -2)},\n  "files": [\n${lines}\n  ]\n}\n`;
}
