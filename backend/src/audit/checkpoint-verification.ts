import { type AuditFinding } from './audit.schema.ts';
import { type CheckpointFiles } from './checkpoint-files.ts';
import { type Checkpoint, openCheckpoint } from './log/checkpoint.ts';
import { ed25519Verifier, type NoteVerifier } from './log/note.ts';
import { type StoredCheckpoint } from './log.repository.ts';

export interface SignedHistory {
  findings: AuditFinding[];
  /** Those that are whole, ascending by size; where the two places differ, both. */
  checkpoints: Checkpoint[];
}

/**
 * Holds the checkpoints in the database and those in files against the key and against each other.
 * @param fileSizes of the files there have to be
 * @param verifierKey null = there is none
 */
export async function verifyCheckpoints(
  rows: readonly StoredCheckpoint[],
  files: CheckpointFiles,
  fileSizes: readonly number[],
  verifierKey: string | null,
): Promise<SignedHistory> {
  if (rows.length === 0 && fileSizes.length === 0) return { findings: [], checkpoints: [] };
  const verifier = verifierOf(verifierKey);
  if (!verifier) {
    const change = verifierKey === null ? 'removed' : 'changed';
    return { findings: [{ what: 'verifier-key', change }], checkpoints: [] };
  }
  const history: SignedHistory = { findings: [], checkpoints: [] };
  const take = (place: 'database' | 'file', size: number, note: string) => {
    const checkpoint = openedOrNull(note, size, verifier);
    if (checkpoint) history.checkpoints.push(checkpoint);
    else history.findings.push({ what: 'checkpoint', change: 'changed', place, size });
  };
  const inFiles = new Set(fileSizes);
  const inDatabase = new Set(rows.map(({ size }) => size));
  for (const { size, note } of rows) {
    take('database', size, note);
    if (!inFiles.has(size) && (await files.read(size)) === null) {
      history.findings.push({ what: 'checkpoint', change: 'removed', place: 'file', size });
    }
  }
  for (const size of fileSizes) {
    if (!inDatabase.has(size))
      history.findings.push({ what: 'checkpoint', change: 'removed', place: 'database', size });
    const note = await files.read(size);
    if (note !== null) take('file', size, note);
  }
  history.checkpoints.sort((a, b) => a.size - b.size);
  return history;
}

function verifierOf(verifierKey: string | null): NoteVerifier | null {
  try {
    return verifierKey === null ? null : ed25519Verifier(verifierKey);
  } catch {
    return null;
  }
}

function openedOrNull(note: string, size: number, verifier: NoteVerifier): Checkpoint | null {
  try {
    const { checkpoint } = openCheckpoint(note, { origin: verifier.keyName, keys: [verifier] });
    return checkpoint.size === size ? checkpoint : null;
  } catch {
    return null;
  }
}
