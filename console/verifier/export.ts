import type { Part } from './archive.ts';
import { checkFiles, type Digest, type FileProblem, type Progress } from './files.ts';

/** An ordinary export: its files against its own list, which nobody signed. */
export interface ExportResult {
  /** All that is listed is as listed, and audio is among it. */
  correct: boolean;
  findings: { part: string; problem: FileProblem }[];
  /** Recordings of which there is audio, and all of the list. */
  audio: number;
  recordings: number;
  /** Files that nothing is said about, such as audio that broke off. */
  unknown: string[];
}

type ListedFile = Digest & { name: string };

/** @returns null when these bytes are no manifest of an export */
export async function verifyExport(
  name: string,
  manifest: Uint8Array,
  parts: ReadonlyMap<string, Part>,
  progress: Progress,
): Promise<ExportResult | null> {
  const listed = listedFiles(manifest);
  if (!listed) return null;
  const { audio, others, recordings } = listed;
  const files = [...audio, ...others];
  const found = inFolders(parts, files);
  const findings = await checkFiles(files, found, progress);
  const known = new Set([name, ...files.map((file) => file.name)]);
  return {
    correct: findings.length === 0 && audio.length > 0,
    findings,
    ...{ audio: audio.length, recordings, unknown: [...found.keys()].filter((part) => !known.has(part)) },
  };
}

/** Files that were unpacked and chosen come without the folders they lie in. */
function inFolders(parts: ReadonlyMap<string, Part>, listed: readonly ListedFile[]): Map<string, Part> {
  const found = new Map(parts);
  for (const { name } of listed) {
    const bare = name.slice(name.lastIndexOf('/') + 1);
    const part = found.get(bare);
    if (!part || found.has(name)) continue;
    found.delete(bare);
    found.set(name, part);
  }
  return found;
}

/** @returns null also for a list of another shape: what is not understood is not called right */
function listedFiles(manifest: Uint8Array): { audio: ListedFile[]; others: ListedFile[]; recordings: number } | null {
  try {
    const { kind, files, recordings } = JSON.parse(new TextDecoder().decode(manifest)) as Record<string, unknown>;
    if (kind !== 'denwaban-export' || !Array.isArray(files) || !Array.isArray(recordings)) return null;
    const audio = recordings.map((recording) => (recording as { file: unknown }).file).filter((file) => file !== null);
    if (!files.every(isListedFile) || !audio.every(isListedFile)) return null;
    return { audio, others: files, recordings: recordings.length };
  } catch {
    return null;
  }
}

function isListedFile(value: unknown): value is ListedFile {
  const { name, sizeBytes, sha256 } = value as Record<string, unknown>;
  return typeof name === 'string' && typeof sizeBytes === 'number' && typeof sha256 === 'string';
}
