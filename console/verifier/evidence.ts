import { createHash } from 'node:crypto';
import { canonicalJson } from '../../backend/src/audit/log/canonical-json.ts';
import { ForeignCheckpointError } from '../../backend/src/audit/log/checkpoint.ts';
import type { AuditEventLeaf, RecordingLeaf } from '../../backend/src/audit/log/leaf.ts';
import { hashLeaf } from '../../backend/src/audit/log/merkle.ts';
import {
  ed25519Verifier,
  type NoteVerifier,
  parseVerifierKey,
  UnverifiedNoteError,
} from '../../backend/src/audit/log/note.ts';
import { NotInLogError, parseTlogProof, verifyTlogProof } from '../../backend/src/audit/log/tlog-proof.ts';
import {
  EVIDENCE_LOGGED_AS,
  EVIDENCE_PARTS,
  evidenceAudio,
} from '../../backend/src/recordings/evidence/evidence-parts.ts';
import type { EvidenceManifest } from '../../backend/src/recordings/evidence/evidence.schema.ts';
import type { Part } from './archive.ts';
import { checkFiles, contentOf, type Digest, digestOf, type FileProblem, type Progress } from './files.ts';
import type { Timestamp } from './timestamp.ts';
import { checkStamp, type Cosignature, cosignaturesOf, isStampPart, witnessKeys } from './vouchers.ts';

/** What can be wrong with a part, apart from its being another file than the manifest says. */
export type Problem =
  | FileProblem
  | 'unreadable'
  | 'other-key'
  | 'bad-signature'
  | 'other-log'
  | 'not-in-log'
  | 'not-the-logged-one'
  | 'not-the-logged-recording'
  | 'other-checkpoint';

/** One thing that was looked at. `waits` = it could not be, because of what is wrong with another one. */
export interface Check {
  id: 'key' | 'recording' | 'manifest' | 'audio' | 'files' | 'timestamp';
  outcome: 'passed' | 'failed' | 'waits';
  findings: { part: string; problem: Problem }[];
}

/** Whose signature it all rests on. */
export interface VerifiedKey {
  name: string;
  /** SHA-256 of the public key, hex. */
  fingerprint: string;
}

export interface SignedLog {
  index: number;
  size: number;
}

export interface EvidenceResult {
  correct: boolean;
  checks: Check[];
  /** Only what was verified is there. */
  key: VerifiedKey | null;
  log: SignedLog | null;
  recording: RecordingLeaf | null;
  manifest: EvidenceManifest | null;
  audio: Digest | null;
  /** What the time stamp says: of the signed log, if there is one. Not whether its authority made it. */
  timestamp: Timestamp | null;
  cosignatures: Cosignature[];
  /** Files that nothing is said about. */
  unknown: string[];
}

class Wrong extends Error {
  constructor(
    readonly part: string,
    readonly problem: Problem,
  ) {
    super(`${part}: ${problem}`);
  }
}

const passed = (id: Check['id']): Check => ({ id, outcome: 'passed', findings: [] });
const waits = (id: Check['id']): Check => ({ id, outcome: 'waits', findings: [] });

async function check<T>(id: Check['id'], look: () => Promise<T>): Promise<{ check: Check; found: T | null }> {
  try {
    return { found: await look(), check: passed(id) };
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    const findings = [{ part: error.part, problem: error.problem }];
    return { found: null, check: { id, outcome: 'failed', findings } };
  }
}

/**
 * Verifies an evidence package by nothing but what is in it. Whether its key is the office's is for a person to find out.
 * @param progress is told of bytes as they are read
 */
export async function verifyEvidence(parts: ReadonlyMap<string, Part>, progress: Progress): Promise<EvidenceResult> {
  const key = await check('key', () => readKey(parts));
  const recording = key.found ? await check('recording', () => provenRecording(parts, key.found)) : null;
  const manifest = key.found
    ? await check('manifest', () => provenManifest(parts, key.found, recording?.found?.leaf))
    : null;
  const leaf = recording?.found?.leaf ?? null;
  const audio = leaf ? await check('audio', () => loggedAudio(parts, leaf, progress)) : null;
  const stamp = manifest?.found
    ? await checkStamp(parts, manifest.found, recording?.found?.checkpoint ?? null, progress)
    : null;
  const listed = manifest?.found?.files.filter(({ name }) => name !== audioName(leaf) && !isStampPart(name)) ?? null;
  const findings = listed ? await checkFiles(listed, parts, progress) : [];
  const files: Check = { id: 'files', outcome: findings.length > 0 ? 'failed' : 'passed', findings };
  const checks = [
    key.check,
    recording?.check ?? waits('recording'),
    audio?.check ?? waits('audio'),
    manifest?.check ?? waits('manifest'),
    listed ? files : waits('files'),
    ...(stamp ? [stampCheck(stamp.findings)] : []),
  ];
  return {
    correct: checks.every(({ outcome }) => outcome === 'passed'),
    checks,
    key: key.found && { name: key.found.keyName, fingerprint: key.found.fingerprint },
    log: recording?.found?.log ?? null,
    recording: leaf,
    manifest: manifest?.found ?? null,
    audio: audio?.found ?? null,
    timestamp: stamp?.timestamp ?? null,
    cosignatures: recording?.found?.cosignatures ?? [],
    unknown: unknownParts(parts, manifest?.found ?? null, leaf),
  };
}

const stampCheck = (findings: Check['findings']): Check => ({
  ...{ id: 'timestamp', outcome: findings.length > 0 ? 'failed' : 'passed', findings },
});

const audioName = (leaf: RecordingLeaf | null) => evidenceAudio(leaf?.format ?? '');

/** The key of the log, which stands first, and those of its witnesses. */
interface PackageKey extends NoteVerifier {
  fingerprint: string;
  witnesses: NoteVerifier[];
}

async function readKey(parts: ReadonlyMap<string, Part>): Promise<PackageKey> {
  const text = await textOf(parts, EVIDENCE_PARTS.key);
  try {
    const [first = '', ...others] = text.trim().split(/\r?\n/);
    const verifier = ed25519Verifier(first);
    const { publicKey } = parseVerifierKey(first);
    const witnesses = witnessKeys(others);
    return { ...verifier, witnesses, fingerprint: createHash('sha256').update(publicKey).digest('hex') };
  } catch {
    throw new Wrong(EVIDENCE_PARTS.key, 'unreadable');
  }
}

async function textOf(parts: ReadonlyMap<string, Part>, name: string): Promise<string> {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await bytesOf(parts, name));
}

async function bytesOf(parts: ReadonlyMap<string, Part>, name: string): Promise<Uint8Array> {
  const part = parts.get(name);
  if (!part) throw new Wrong(name, 'missing');
  const content = await contentOf(part);
  if (!content) throw new Wrong(name, 'unreadable');
  return content;
}

/** @returns the leaf that a proof proves, and where in the log it is */
async function provenLeaf(parts: ReadonlyMap<string, Part>, name: string, key: PackageKey | null) {
  const text = await textOf(parts, name);
  try {
    const { extra, checkpoint: note } = parseTlogProof(text);
    if (!key || !extra) throw new Wrong(name, 'unreadable');
    const leafHash = hashLeaf(extra);
    const { index, checkpoint } = verifyTlogProof(text, leafHash, { origin: key.keyName, keys: [key] }, key.witnesses);
    const cosignatures = cosignaturesOf(note, key, key.witnesses);
    const leaf = canonicalLeaf(extra.toString());
    return { leaf, log: { index, size: checkpoint.size }, checkpoint: note, cosignatures };
  } catch (error) {
    throw error instanceof Wrong ? error : new Wrong(name, problemOf(error));
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof NotInLogError) return 'not-in-log';
  if (error instanceof ForeignCheckpointError) return 'other-log';
  if (!(error instanceof UnverifiedNoteError)) return 'unreadable';
  return error.problem === 'invalid-signature' ? 'bad-signature' : 'other-key';
}

/** @throws when these are not the bytes that a leaf is written as */
function canonicalLeaf(text: string): RecordingLeaf | AuditEventLeaf {
  const leaf = JSON.parse(text) as RecordingLeaf | AuditEventLeaf;
  if (canonicalJson(leaf) !== text) throw new Error('not in canonical form');
  return leaf;
}

async function provenRecording(parts: ReadonlyMap<string, Part>, key: PackageKey | null) {
  const name = EVIDENCE_PARTS.recordingProof;
  const { leaf, ...where } = await provenLeaf(parts, name, key);
  if (leaf.type !== 'recording') throw new Wrong(name, 'not-the-logged-one');
  return { leaf, ...where };
}

/** @param recording as it is proved; undefined when it is not, so that nothing can be compared with it */
async function provenManifest(
  parts: ReadonlyMap<string, Part>,
  key: PackageKey | null,
  recording: RecordingLeaf | undefined,
): Promise<EvidenceManifest> {
  const { leaf } = await provenLeaf(parts, EVIDENCE_PARTS.manifestProof, key);
  if (leaf.type !== 'audit-event' || leaf.action !== EVIDENCE_LOGGED_AS) {
    throw new Wrong(EVIDENCE_PARTS.manifestProof, 'not-the-logged-one');
  }
  const bytes = await bytesOf(parts, EVIDENCE_PARTS.manifest);
  if (createHash('sha256').update(bytes).digest('hex') !== leaf.subject) {
    throw new Wrong(EVIDENCE_PARTS.manifest, 'not-the-logged-one');
  }
  const manifest = JSON.parse(new TextDecoder().decode(bytes)) as EvidenceManifest;
  if (recording && canonicalJson(manifest.recording) !== canonicalJson(recording)) {
    throw new Wrong(EVIDENCE_PARTS.recordingProof, 'not-the-logged-recording');
  }
  return manifest;
}

async function loggedAudio(parts: ReadonlyMap<string, Part>, leaf: RecordingLeaf, progress: Progress): Promise<Digest> {
  const name = audioName(leaf);
  const part = parts.get(name);
  if (!part) throw new Wrong(name, 'missing');
  const digest = await digestOf(part, progress);
  if (!digest) throw new Wrong(name, 'unreadable');
  if (digest.sizeBytes !== leaf.sizeBytes || digest.sha256 !== leaf.sha256) throw new Wrong(name, 'changed');
  return digest;
}

function unknownParts(
  parts: ReadonlyMap<string, Part>,
  manifest: EvidenceManifest | null,
  leaf: RecordingLeaf | null,
): string[] {
  const known = new Set<string>([...Object.values(EVIDENCE_PARTS), audioName(leaf)]);
  manifest?.files.forEach(({ name }) => known.add(name));
  return [...parts.keys()].filter((name) => !known.has(name));
}
