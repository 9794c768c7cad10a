import { UnreadableArchiveError } from './archive.ts';
import { type EvidenceResult, verifyEvidence } from './evidence.ts';
import { type ExportResult, verifyExport } from './export.ts';
import { contentOf, partsOf } from './files.ts';
import { EVIDENCE_PARTS } from '../../backend/src/recordings/evidence/evidence-parts.ts';

/** What came of what somebody chose. */
export type Verification =
  | { kind: 'evidence'; result: EvidenceResult }
  | { kind: 'export'; result: ExportResult }
  | { kind: 'unreadable' }
  /** Neither an evidence package nor an export. */
  | { kind: 'empty' };

/** @param progress is told the share that is done, 0 to 1 */
export async function verifyFiles(files: readonly File[], progress: (share: number) => void): Promise<Verification> {
  try {
    const parts = await partsOf(files);
    const total = [...parts.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    let done = 0;
    const read = (bytes: number) => progress(Math.min(1, (done += bytes) / total));
    const isEvidence = parts.has(EVIDENCE_PARTS.recordingProof) || parts.has(EVIDENCE_PARTS.manifestProof);
    if (isEvidence) return { kind: 'evidence', result: await verifyEvidence(parts, read) };
    const manifest = parts.get(EVIDENCE_PARTS.manifest);
    const content = manifest && (await contentOf(manifest));
    const result = content && (await verifyExport(EVIDENCE_PARTS.manifest, content, parts, read));
    return result ? { kind: 'export', result } : { kind: 'empty' };
  } catch (error) {
    if (error instanceof UnreadableArchiveError) return { kind: 'unreadable' };
    throw error;
  }
}
