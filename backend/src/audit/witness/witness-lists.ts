import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { cosignatureVerifier } from '../log/cosignature.ts';
import { ed25519Verifier, type NoteVerifier } from '../log/note.ts';

/** A line of one of the two lists is not what it should be. */
export class WitnessListError extends Error {
  override readonly name = 'WitnessListError';
  constructor(
    readonly path: string,
    readonly line: number,
    problem: string,
  ) {
    super(`${path}, line ${line}: ${problem}`);
  }
}

/** Another box that vouches for this box's log. */
export interface Witness {
  verifier: NoteVerifier;
  /** The same as it is written. */
  verifierKey: string;
  /** The submission prefix of c2sp.org/tlog-witness. */
  url: string;
  /** PEM of the authority that has signed its certificate; null = a well-known one. */
  caFile: string | null;
}

/**
 * `DENWABAN_WITNESSES`: a line for each, `<verifier key> <https URL> [<absolute path of the CA certificate>]`. Empty lines
 * and those with # count for nothing.
 * @throws WitnessListError
 */
export function readWitnesses(path: string): Promise<Witness[]> {
  return readList(path, (line) => {
    const [key = '', url = '', caFile = null, ...rest] = line.split(/\s+/);
    if (rest.length > 0) throw new Error('expected a verifier key, a URL and at most one file');
    if (!/^https:\/\/[^@]+$/.test(url)) throw new Error('expected an https URL');
    if (caFile !== null && !isAbsolute(caFile)) throw new Error('expected the absolute path of a file');
    return { verifier: cosignatureVerifier(key), verifierKey: key, url: url.replace(/\/$/, ''), caFile };
  });
}

/**
 * `DENWABAN_WITNESSED_LOGS`: the verifier keys of the logs that this box vouches for, one a line.
 * @throws WitnessListError
 */
export function readWitnessedLogs(path: string): Promise<NoteVerifier[]> {
  return readList(path, ed25519Verifier);
}

async function readList<T>(path: string, parse: (line: string) => T): Promise<T[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').map((line) => line.trim());
  return lines.flatMap((line, place) => {
    if (line === '' || line.startsWith('#')) return [];
    try {
      return [parse(line)];
    } catch (error) {
      throw new WitnessListError(path, place + 1, error instanceof Error ? error.message : String(error));
    }
  });
}
