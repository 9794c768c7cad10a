import type { Part } from './archive.ts';
import { checkFiles, type Digest, type FileProblem, type Progress } from './files.ts';

/** An ordinary export: its files against its own list, which nobody signed. */
export interface ExportResult {
  correct: boolean;
  findings: { part: string; problem: FileProblem }[];
  files: number;
}

/** @returns null when these bytes are no manifest of an export */
export async function verifyExport(
  manifest: Uint8Array,
  parts: ReadonlyMap<string, Part>,
  progress: Progress,
): Promise<ExportResult | null> {
  const listed = listedFiles(manifest);
  if (!listed) return null;
  const findings = await checkFiles(listed, parts, progress);
  return { correct: findings.length === 0, findings, files: listed.length };
}

function listedFiles(manifest: Uint8Array): (Digest & { name: string })[] | null {
  try {
    const { files } = JSON.parse(new TextDecoder().decode(manifest)) as { files?: unknown };
    return Array.isArray(files) && files.every(isListedFile) ? files : null;
  } catch {
    return null;
  }
}

function isListedFile(value: unknown): value is Digest & { name: string } {
  const { name, sizeBytes, sha256 } = value as Record<string, unknown>;
  return typeof name === 'string' && typeof sizeBytes === 'number' && typeof sha256 === 'string';
}
