import { createHash } from 'node:crypto';
import { type Part, readArchive } from './archive.ts';

/** Texts and proofs take some kilobytes, the list of an export of 10,000 recordings some ten megabytes. */
const MOST_TEXT_BYTES = 64 * 1024 * 1024;

export interface Digest {
  sizeBytes: number;
  /** Hex. */
  sha256: string;
}
/** Told how many bytes more have been read. */
export type Progress = (bytes: number) => void;
export type FileProblem = 'missing' | 'changed' | 'unreadable';

/**
 * What somebody chose: one archive, or the files that were in it.
 * @returns by their name without the folder that all of them lie in
 * @throws UnreadableArchiveError
 */
export async function partsOf(files: readonly File[]): Promise<Map<string, Part>> {
  const [first] = files;
  const isArchive = files.length === 1 && first && (await startsLikeArchive(first));
  const parts = isArchive
    ? await readArchive(first)
    : files.map((file) => ({
        name: file.name,
        sizeBytes: file.size,
        open: () => Promise.resolve(file.stream()),
      }));
  const folder = commonFolder(parts.map(({ name }) => name));
  // macOS takes the dots and circles off the letters they belong to.
  return new Map(parts.map((part) => [part.name.slice(folder.length).normalize('NFC'), part]));
}

async function startsLikeArchive(file: Blob): Promise<boolean> {
  const [p, k] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return p === 0x50 && k === 0x4b;
}

/** With its final slash; empty when there is none. */
function commonFolder(names: readonly string[]): string {
  const folder = /^[^/]+\//.exec(names[0] ?? '')?.[0] ?? '';
  return names.every((name) => name.startsWith(folder)) ? folder : '';
}

/** @returns null for a part that cannot be read, or is no text by its size */
export async function contentOf(part: Part): Promise<Uint8Array | null> {
  if (part.sizeBytes > MOST_TEXT_BYTES) return null;
  try {
    return new Uint8Array(await new Response(await part.open()).arrayBuffer());
  } catch {
    return null;
  }
}

/** @returns null for a part that cannot be read */
export async function digestOf(part: Part, progress: Progress): Promise<Digest | null> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    const reader = (await part.open()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      hash.update(value);
      sizeBytes += value.length;
      progress(value.length);
    }
  } catch {
    return null;
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}

/** Holds files against a list of what they were. @returns those that are not */
export async function checkFiles(
  listed: readonly (Digest & { name: string })[],
  parts: ReadonlyMap<string, Part>,
  progress: Progress,
): Promise<{ part: string; problem: FileProblem }[]> {
  const found: { part: string; problem: FileProblem }[] = [];
  for (const { name, sizeBytes, sha256 } of listed) {
    const part = parts.get(name);
    const digest = part && (await digestOf(part, progress));
    if (!part) found.push({ part: name, problem: 'missing' });
    else if (!digest) found.push({ part: name, problem: 'unreadable' });
    else if (digest.sizeBytes !== sizeBytes || digest.sha256 !== sha256) found.push({ part: name, problem: 'changed' });
  }
  return found;
}
