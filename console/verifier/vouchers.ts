import { createHash } from 'node:crypto';
import { cosignatureVerifier, cosignedAt } from '../../backend/src/audit/log/cosignature.ts';
import { type NoteVerifier, parseNote } from '../../backend/src/audit/log/note.ts';
import { EVIDENCE_STAMP } from '../../backend/src/recordings/evidence/evidence-parts.ts';
import type { EvidenceManifest } from '../../backend/src/recordings/evidence/evidence.schema.ts';
import type { Part } from './archive.ts';
import { checkFiles, contentOf, type FileProblem, type Progress } from './files.ts';
import { parseTimestamp, type Timestamp } from './timestamp.ts';

/** A signature of somebody else below the checkpoint of the log. */
export interface Cosignature {
  name: string;
  /** 8 hex digits. */
  keyId: string;
  /** When the witness says that it signed; null = not a kind of signature that says so. */
  at: Date | null;
  /** Whether it was checked, by a key of the package; a wrong one never gets here. */
  verified: boolean;
}

export interface StampFinding {
  part: string;
  problem: FileProblem | 'other-checkpoint';
}

/** @throws MalformedNoteError for a line that is no key of a witness */
export const witnessKeys = (lines: readonly string[]): NoteVerifier[] => lines.map(cosignatureVerifier);

/**
 * @param checkpoint a note that is verified, with the signatures of those of `witnesses` that are below it
 * @returns who else has signed it than the log
 */
export function cosignaturesOf(
  checkpoint: string,
  log: Pick<NoteVerifier, 'keyName' | 'keyId'>,
  witnesses: readonly NoteVerifier[],
): Cosignature[] {
  const isOf = (signature: { keyName: string; keyId: string }) => (key: { keyName: string; keyId: string }) =>
    key.keyName === signature.keyName && key.keyId === signature.keyId;
  return parseNote(checkpoint)
    .signatures.filter((signature) => !isOf(signature)(log))
    .map(({ keyName, keyId, signature }) => {
      const seconds = cosignedAt(signature);
      const at = seconds === null || seconds > MOST_SECONDS ? null : new Date(Number(seconds) * 1000);
      return { name: keyName, keyId, at, verified: witnesses.some(isOf({ keyName, keyId })) };
    });
}

/** What a `Date` can hold. */
const MOST_SECONDS = 8_640_000_000_000n;

/**
 * Holds the time stamp against the manifest and the checkpoint of the recording's proof. Who made it is not found out here.
 * @returns null when the package has none; `timestamp` is null for one that is as it was, but not to be read here
 */
export async function checkStamp(
  parts: ReadonlyMap<string, Part>,
  manifest: EvidenceManifest,
  checkpoint: string | null,
  progress: Progress,
): Promise<{ findings: StampFinding[]; timestamp: Timestamp | null } | null> {
  const listed = manifest.files.filter(({ name }) => isStampPart(name));
  if (listed.length === 0) return null;
  const findings: StampFinding[] = await checkFiles(listed, parts, progress);
  const [note, answer] = await Promise.all(
    [EVIDENCE_STAMP.note, EVIDENCE_STAMP.timestamp].map(async (name) => {
      const part = parts.get(name);
      return part ? await contentOf(part) : null;
    }),
  );
  if (findings.length > 0 || !note || !answer) return { findings, timestamp: null };
  if (checkpoint !== null && !checkpoint.startsWith(new TextDecoder().decode(note))) {
    return { findings: [{ part: EVIDENCE_STAMP.note, problem: 'other-checkpoint' }], timestamp: null };
  }
  const timestamp = readable(answer);
  if (timestamp && timestamp.sha256 !== createHash('sha256').update(note).digest('hex')) {
    return { findings: [{ part: EVIDENCE_STAMP.timestamp, problem: 'other-checkpoint' }], timestamp: null };
  }
  return { findings, timestamp };
}

export const isStampPart = (name: string) => (Object.values(EVIDENCE_STAMP) as string[]).includes(name);

/** Authorities may write their stamps in other ways than DER, which are none the worse for it. */
function readable(answer: Uint8Array): Timestamp | null {
  try {
    return parseTimestamp(answer);
  } catch {
    return null;
  }
}
