import { type Checkpoint, type KnownLog, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { HASH_BYTES, verifyInclusion } from './merkle.ts';
import { decodeBase64, type NoteVerifier, parseNote } from './note.ts';

/*
 * Proofs that something is in the log, c2sp.org/tlog-proof, for files `*.tlog-proof`: everything but the thing itself and
 * the log's public key, so that it can be checked with no network.
 *
 *   c2sp.org/tlog-proof@v1
 *   extra <base64>                       optional
 *   index 73894
 *   <base64 of a hash>                   the inclusion proof, from the leaf's sibling up
 *
 *   <the checkpoint, as it was signed>
 */

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';

export interface TlogProof {
  /** Not authenticated. We put the leaf here: its hash is. */
  extra?: Buffer;
  /** Of the leaf, counted from 0. */
  index: number;
  path: Buffer[];
  /** The signed note. */
  checkpoint: string;
}

export class MalformedProofError extends Error {
  override readonly name = 'MalformedProofError';
}

/** What was to be proved is not what the log says. */
export class NotInLogError extends Error {
  override readonly name = 'NotInLogError';
  constructor(
    readonly index: number,
    readonly checkpoint: Checkpoint,
  ) {
    super(`leaf ${index} of ${checkpoint.origin} at ${checkpoint.size} is another one`);
  }
}

export function formatTlogProof({ extra, index, path, checkpoint }: TlogProof): string {
  const lines = [
    FIRST_LINE,
    ...(extra ? [`extra ${extra.toString('base64')}`] : []),
    `index ${index}`,
    ...path.map((hash) => hash.toString('base64')),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/**
 * Takes a proof apart without believing it.
 * @throws MalformedProofError, and MalformedNoteError for its checkpoint
 */
export function parseTlogProof(text: string): TlogProof {
  const end = text.indexOf('\n\n');
  const [first, ...lines] = text.slice(0, end).split('\n');
  if (end < 0 || first !== FIRST_LINE) throw new MalformedProofError(`the first line is not ${FIRST_LINE}`);
  const extra = lines[0]?.startsWith('extra ') ? base64(lines.shift()?.slice('extra '.length)) : undefined;
  const index = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '')?.[1];
  if (index === undefined || !Number.isSafeInteger(Number(index))) throw new MalformedProofError('there is no index');
  const path = lines.map(base64);
  if (path.some((hash) => hash.length !== HASH_BYTES)) throw new MalformedProofError('not a hash');
  const checkpoint = text.slice(end + 2);
  parseCheckpoint(parseNote(checkpoint).text);
  return { ...(extra && { extra }), index: Number(index), path, checkpoint };
}

function base64(text: string | undefined): Buffer {
  const bytes = decodeBase64(text ?? '');
  if (!bytes) throw new MalformedProofError('not base64');
  return bytes;
}

/**
 * "Verifying a tlog proof".
 * @param leafHash `hashLeaf` of what is to be proved, made from the thing itself
 * @returns the checkpoint that covers it, and the witnesses that vouch for the checkpoint
 * @throws MalformedProofError, MalformedNoteError, ForeignCheckpointError, UnverifiedNoteError, NotInLogError
 */
export function verifyTlogProof(
  proof: string | TlogProof,
  leafHash: Uint8Array,
  log: KnownLog,
  witnesses: readonly NoteVerifier[] = [],
): { index: number; checkpoint: Checkpoint; witnessedBy: NoteVerifier[] } {
  const { index, path, checkpoint: note } = typeof proof === 'string' ? parseTlogProof(proof) : proof;
  const { checkpoint, witnessedBy } = openCheckpoint(note, log, witnesses);
  if (!verifyInclusion({ index, size: checkpoint.size, leafHash, path, root: checkpoint.root })) {
    throw new NotInLogError(index, checkpoint);
  }
  return { index, checkpoint, witnessedBy };
}
