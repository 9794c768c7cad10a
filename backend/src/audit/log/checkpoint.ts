import { HASH_BYTES } from './merkle.ts';
import {
  decodeBase64,
  MalformedNoteError,
  type NoteSigner,
  type NoteVerifier,
  openNote,
  parseNote,
  signNote,
} from './note.ts';

/*
 * Checkpoints, c2sp.org/tlog-checkpoint: a signed note that says which log had which root at which size.
 *
 *   denwaban.example.lg.jp/honcho
 *   20852163
 *   CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
 *
 * "A log MUST not sign any checkpoint which is inconsistent with any checkpoint it previously signed": whoever signs has
 * to verify consistency with the last signed one first.
 */

export interface Checkpoint {
  /** Names the log; should be the name of its key. */
  origin: string;
  /** Number of leaves. */
  size: number;
  root: Buffer;
  /** Not recommended, as nobody audits them. */
  extensions?: readonly string[];
}

/** "Note text". */
export function formatCheckpoint({ origin, size, root, extensions = [] }: Checkpoint): string {
  const lines = [origin, String(size), root.toString('base64'), ...extensions];
  if (lines.some((line) => line === '' || line.includes('\n')) || root.length !== HASH_BYTES || !isSize(size)) {
    throw new MalformedNoteError('not a checkpoint');
  }
  return `${lines.join('\n')}\n`;
}

/** @throws MalformedNoteError */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', root = '', ...rest] = text.split('\n');
  const extensions = rest.slice(0, -1);
  const bytes = decodeBase64(root);
  if (rest.at(-1) !== '' || origin === '' || extensions.includes('')) throw new MalformedNoteError('not a checkpoint');
  if (!/^(0|[1-9]\d*)$/.test(size) || !isSize(Number(size))) throw new MalformedNoteError('not a tree size');
  if (bytes?.length !== HASH_BYTES) throw new MalformedNoteError('not a root hash');
  return { origin, size: Number(size), root: bytes, ...(extensions.length > 0 && { extensions }) };
}

const isSize = (size: number) => Number.isSafeInteger(size) && size >= 0;

export function signCheckpoint(checkpoint: Checkpoint, signers: readonly NoteSigner[]): string {
  return signNote(formatCheckpoint(checkpoint), signers);
}

/** The log that a checkpoint has to come from. */
export interface KnownLog {
  origin: string;
  /** More than one while its key is being replaced. */
  keys: readonly NoteVerifier[];
}

/** The checkpoint is of another log than the one asked about. */
export class ForeignCheckpointError extends Error {
  override readonly name = 'ForeignCheckpointError';
  constructor(readonly origin: string) {
    super(`the checkpoint is of ${origin}`);
  }
}

/**
 * @param witnesses whose cosignatures are wanted; one that does not verify is an error, one that is missing is not
 * @returns the checkpoint, and the witnesses that vouch for it
 * @throws MalformedNoteError, ForeignCheckpointError
 * @throws UnverifiedNoteError when the log has not signed it
 */
export function openCheckpoint(
  note: string,
  log: KnownLog,
  witnesses: readonly NoteVerifier[] = [],
): { checkpoint: Checkpoint; witnessedBy: NoteVerifier[] } {
  const checkpoint = parseCheckpoint(parseNote(note).text);
  if (checkpoint.origin !== log.origin) throw new ForeignCheckpointError(checkpoint.origin);
  openNote(note, log.keys);
  const { signedBy } = openNote(note, [...log.keys, ...witnesses]);
  return { checkpoint, witnessedBy: signedBy.filter((verifier) => witnesses.includes(verifier)) };
}
