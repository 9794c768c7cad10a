import { execFile } from 'node:child_process';
import { open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isMissing } from '../platform/file-errors.ts';

const MIB = 1024 * 1024;
const PIECES = 4;
const SMALLEST_BYTES = 128 * MIB;
const LARGEST_BYTES = 512 * MIB;
const SHARE_OF_DISK = 0.01;
/** Under this a piece is given up: a segment of the write-ahead log (16 MiB) and what an office writes in a few seconds. */
export const LOW_WATER_BYTES = 32 * MIB;
/**
 * Under this nothing is recorded any more on the disk of the database: a database that cannot write its log would end log-in and
 * audit trail too, and recording no later. Lower than the water mark: while there is a reserve, it is given up first.
 */
export const RECORDER_FLOOR_BYTES = 24 * MIB;
const PIECE = /^piece-(\d+)$/;
const ZEROS = Buffer.alloc(MIB);

/** @returns bytes of one piece; the whole is four of them, a hundredth of the disk within bounds */
export const pieceBytes = (totalBytes: number): number =>
  Math.round(Math.min(LARGEST_BYTES, Math.max(SMALLEST_BYTES, totalBytes * SHARE_OF_DISK)) / PIECES / MIB) * MIB;

/**
 * What to do with the reserve now. Given up piece by piece, so that each is an alarm with time left to act; made again only
 * with room for twice as much, so that it does not come and go.
 */
export function reserveStep(freeBytes: number, pieces: number, pieceSize: number): 'give-up' | 'make' | 'keep' {
  if (freeBytes < LOW_WATER_BYTES && pieces > 0) return 'give-up';
  if (pieces < PIECES && freeBytes > 2 * (pieceSize + LOW_WATER_BYTES)) return 'make';
  return 'keep';
}

export interface ReserveState {
  leftBytes: number;
  wholeBytes: number;
}

/**
 * Room on the disk of the database that is taken beforehand, and given up when there is no other: recording, the audit trail
 * and log-in go on, and the database finds room for its log.
 */
export class Reserve {
  private readonly directory: string;

  /** @param directory on the file system to be kept from filling; there already */
  constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * Does the next step, if there is one to do.
   * @returns what was done
   */
  async tend(): Promise<'give-up' | 'make' | 'keep'> {
    const { bavail, blocks, bsize } = await statfs(this.directory);
    const pieces = await this.pieces();
    const size = pieceBytes(blocks * bsize);
    const step = reserveStep(bavail * bsize, pieces.length, size);
    if (step === 'give-up') await rm(join(this.directory, pieces.at(-1) ?? ''));
    if (step === 'make') await this.make(size);
    return step;
  }

  /** A box that is only being looked at, or has no reserve yet, has an empty one. */
  async state(): Promise<ReserveState> {
    const { blocks, bsize } = await statfs(this.directory);
    const sizes = await Promise.all((await this.pieces()).map((name) => this.sizeOf(name)));
    return { leftBytes: sizes.reduce((sum, size) => sum + size, 0), wholeBytes: PIECES * pieceBytes(blocks * bsize) };
  }

  private async pieces(): Promise<string[]> {
    return (await readdir(this.directory)).filter((name) => PIECE.test(name)).sort();
  }

  /** Given up meanwhile is 0. */
  private async sizeOf(name: string): Promise<number> {
    return stat(join(this.directory, name)).then(
      ({ size }) => size,
      (error: unknown) => {
        if (isMissing(error)) return 0;
        throw error;
      },
    );
  }

  /** A piece that was half made when the process died has another name, and is overwritten by the next. */
  private async make(size: number): Promise<void> {
    const taken = new Set(await this.pieces());
    const name = Array.from({ length: PIECES }, (_, at) => `piece-${at + 1}`).find((it) => !taken.has(it));
    if (name === undefined) return;
    const unfinished = join(this.directory, 'unfinished');
    await rm(unfinished, { force: true });
    try {
      await allocate(unfinished, size);
      await rename(unfinished, join(this.directory, name));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }
}

const run = promisify(execFile);

/** Node cannot ask for blocks without writing them; `fallocate` can, where it stands and the file system lets it. */
async function allocate(path: string, size: number): Promise<void> {
  const asked = await run('fallocate', ['-l', String(size), path]).then(
    () => true,
    () => false,
  );
  if (asked) return;
  const file = await open(path, 'w', 0o600);
  try {
    for (let done = 0; done < size; done += ZEROS.length)
      await file.write(ZEROS, 0, Math.min(ZEROS.length, size - done));
    await file.sync();
  } finally {
    await file.close();
  }
}
