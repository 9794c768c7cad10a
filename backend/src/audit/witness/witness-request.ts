import { HASH_BYTES } from '../log/merkle.ts';
import { decodeBase64 } from '../log/note.ts';

/*
 * What a log sends to a witness, c2sp.org/tlog-witness, "add-checkpoint":
 *
 *   old 20852014
 *   <base64 of a hash>                   the consistency proof, RFC 6962, 2.1.2
 *
 *   <the checkpoint, as it was signed>
 */

export const ADD_CHECKPOINT = 'add-checkpoint';
/** Of the answer to a wrong old size. */
export const SIZE_CONTENT_TYPE = 'text/x.tlog.size';
const MOST_PROOF_LINES = 63;

export interface WitnessRequest {
  /** Of the last checkpoint that the witness has cosigned; 0 = none. */
  oldSize: number;
  proof: Buffer[];
  /** The signed note. */
  checkpoint: string;
}

export class MalformedWitnessRequestError extends Error {
  override readonly name = 'MalformedWitnessRequestError';
}

export function formatWitnessRequest({ oldSize, proof, checkpoint }: WitnessRequest): string {
  const lines = [`old ${oldSize}`, ...proof.map((hash) => hash.toString('base64'))];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/**
 * Takes a request apart without believing it; its checkpoint is not looked at.
 * @throws MalformedWitnessRequestError
 */
export function parseWitnessRequest(text: string): WitnessRequest {
  const end = text.indexOf('\n\n');
  const [first = '', ...lines] = text.slice(0, Math.max(0, end)).split('\n');
  const oldSize = parseSize(/^old (.*)$/.exec(first)?.[1] ?? '');
  if (end < 0 || oldSize === null) throw new MalformedWitnessRequestError('the first line is not "old <size>"');
  if (lines.length > MOST_PROOF_LINES) throw new MalformedWitnessRequestError('the proof is too long');
  const proof = lines.map((line) => {
    const hash = decodeBase64(line);
    if (hash?.length !== HASH_BYTES) throw new MalformedWitnessRequestError('not a hash');
    return hash;
  });
  return { oldSize, proof, checkpoint: text.slice(end + 2) };
}

/** @returns null for what is no tree size */
export function parseSize(text: string): number | null {
  return /^(0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null;
}
