import { readFile } from 'node:fs/promises';
import { OutboundFailedError, post } from '../../platform/outbound.ts';
import { openNote, parseNote, signatureLine } from '../log/note.ts';
import { type Witness } from './witness-lists.ts';
import { ADD_CHECKPOINT, formatWitnessRequest, parseSize, SIZE_CONTENT_TYPE } from './witness-request.ts';

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 16 * 1024;

/** The witness holds another history of this log than the log itself. */
export class WitnessDisagreesError extends Error {
  override readonly name = 'WitnessDisagreesError';
  constructor(
    readonly witness: string,
    /** Of the checkpoint that it has cosigned. */
    readonly witnessedSize: number,
    readonly size: number,
  ) {
    super(`${witness} has cosigned ${witnessedSize} leaves that are no beginning of these ${size}`);
  }
}

/** The proof that the tree of so many leaves is the beginning of the checkpoint's. */
export type ProveFrom = (size: number) => Promise<Buffer[]>;

/**
 * Has a checkpoint cosigned (c2sp.org/tlog-witness, add-checkpoint).
 * @param cosigned size of the checkpoint that we believe the witness has cosigned last; it tells when it was another one
 * @returns the signature line of the witness, verified
 * @throws WitnessDisagreesError, OutboundFailedError
 */
export async function askWitness(
  witness: Witness,
  checkpoint: { size: number; note: string },
  cosigned: number,
  proveFrom: ProveFrom,
): Promise<string> {
  const told = await submit(witness, checkpoint, cosigned, proveFrom);
  if (typeof told === 'string') return told;
  if (told.size >= checkpoint.size) throw disagreement(witness, told.size, checkpoint.size);
  const again = await submit(witness, checkpoint, told.size, proveFrom);
  if (typeof again === 'string') return again;
  throw new OutboundFailedError(`${witness.verifier.keyName} keeps changing its mind`);
}

/** @returns the line, or the size that the witness wants to start from */
async function submit(
  witness: Witness,
  checkpoint: { size: number; note: string },
  oldSize: number,
  proveFrom: ProveFrom,
): Promise<string | { size: number }> {
  const { verifier, url, caFile } = witness;
  const proof = await proveFrom(oldSize);
  const { status, contentType, body } = await post(`${url}/${ADD_CHECKPOINT}`, {
    ...{ contentType: 'text/plain; charset=utf-8', timeoutMs: TIMEOUT_MS, mostBytes: MOST_BYTES },
    ...(caFile !== null && { ca: await readFile(caFile) }),
    body: formatWitnessRequest({ oldSize, proof, checkpoint: checkpoint.note }),
  });
  if (status === 422) throw disagreement(witness, oldSize, checkpoint.size);
  const size = status === 409 && contentType === SIZE_CONTENT_TYPE ? parseSize(body.toString().trimEnd()) : null;
  if (size !== null) return { size };
  if (status !== 200) throw new OutboundFailedError(`${verifier.keyName} answered ${status}`);
  return lineOf(witness, checkpoint.note, body.toString());
}

/** "The client MUST ignore any cosignatures from unknown keys." */
function lineOf({ verifier }: Witness, note: string, lines: string): string {
  try {
    openNote(note + lines, [verifier]);
    const { signatures } = parseNote(note + lines);
    const ours = signatures.find(({ keyName, keyId }) => keyName === verifier.keyName && keyId === verifier.keyId);
    if (ours) return signatureLine(ours, ours.signature);
  } catch (error) {
    throw new OutboundFailedError(`${verifier.keyName} gave a signature that does not fit`, { cause: error });
  }
  throw new OutboundFailedError(`${verifier.keyName} did not sign`);
}

const disagreement = ({ verifier }: Witness, witnessed: number, size: number) =>
  new WitnessDisagreesError(verifier.keyName, witnessed, size);
