import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/audit-trail.service.ts';
import { parseVerifierKey } from '../../audit/log/note.ts';
import { LogProofs, type ProvenCheckpoint } from '../../audit/log-proofs.service.ts';
import { recordingLeaf, type RecordingRow } from '../../audit/logged-records.ts';
import { readWitnesses } from '../../audit/witness/witness-lists.ts';
import { CallDetails } from '../../calls/call-details.service.ts';
import { Clock } from '../../platform/clock.ts';
import { NotFoundError } from '../../platform/errors.ts';
import { isMissing } from '../../platform/file-errors.ts';
import { project } from '../../platform/project.ts';
import { Settings } from '../../platform/settings.ts';
import type { ArchiveEntry } from '../export/zip-stream.ts';
import type { RecordingEntity } from '../recording.entity.ts';
import { RecordingFileMissingError } from '../recordings.errors.ts';
import { type ReadAudio, SealedAudioReader } from '../playback/sealed-audio-reader.ts';
import { describeFile, evidenceManifest, type EvidenceOrder, formatManifest } from './evidence-manifest.ts';
import { EVIDENCE_LOGGED_AS, EVIDENCE_PARTS, EVIDENCE_STAMP, evidenceAudio } from './evidence-parts.ts';
import { RecordingNotAsLoggedError, VerifierPageMissingError } from './evidence.errors.ts';
import { howToEnglish, howToJapanese } from './how-to.ts';

const VERIFIER_PAGE = join(project.root, 'backend', 'dist', 'verifier', 'verifier.html');

export interface EvidencePackage {
  recording: RecordingEntity;
  entries: AsyncIterable<ArchiveEntry>;
}

/** What the log says of a recording, and how it proves it. */
interface LoggedAs {
  leaf: Buffer;
  proof: string;
  checkpoint: ProvenCheckpoint;
  verifierKey: string;
}

/** Its name in the package, and its content. */
type FixedPart = [name: string, content: string | Buffer];

interface CheckedAudio {
  name: string;
  sizeBytes: number;
  sha256: string;
  read: ReadAudio;
}

/** 証拠一式: a recording with all that somebody outside needs to see that it is what was sealed. */
@Injectable()
export class EvidenceService {
  constructor(
    private readonly sealed: SealedAudioReader,
    private readonly calls: CallDetails,
    private readonly proofs: LogProofs,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /**
   * Looks at everything first, the whole audio included, so that what can be wrong is told before an answer begins; then
   * has the package's manifest logged and signed, so that the package proves its own making too.
   * @throws NotFoundError, RecordingNotPlayableError, RecordingFileMissingError, RecordingUnreadableError,
   *   RecordingKeyGoneError, RecordingNotAsLoggedError, LogNotAnsweringError, LogBrokenError, VerifierPageMissingError
   */
  async prepare(id: string, order: EvidenceOrder): Promise<EvidencePackage> {
    const recording = await this.sealed.find(id);
    const page = await verifierPage();
    const logged = await this.loggedAs(recording);
    const audio = await this.checkedAudio(recording);
    const call = await this.calls.find(recording.callId);
    if (!call) throw new NotFoundError();
    const fixed = await this.fixedParts(logged, audio.name, page);
    const files = [describeAudio(audio), ...fixed.map(([name, content]) => describeFile(name, content))];
    const facts = { leaf: logged.leaf, recording, call };
    const manifest = formatManifest(evidenceManifest(order, facts, files, this.clock.now()));
    const parts: FixedPart[] = [
      ...fixed,
      [EVIDENCE_PARTS.manifest, manifest],
      [EVIDENCE_PARTS.recordingProof, logged.proof],
      [EVIDENCE_PARTS.manifestProof, await this.loggedManifest(recording, manifest, order)],
    ];
    return { recording, entries: entriesOf(audio, parts, this.clock.now()) };
  }

  /** @throws RecordingNotAsLoggedError when the row says anything else than the log */
  private async loggedAs(recording: RecordingEntity): Promise<LoggedAs> {
    const { verifierKey, checkpoint, leaves, proofs } = await this.proofs.of([{ kind: 'recording', id: recording.id }]);
    const leaf = leaves.at(-1);
    if (!leaf || !recordingLeaf(loggedFacts(recording))?.leaf.equals(leaf))
      throw new RecordingNotAsLoggedError(recording.id);
    return { leaf, proof: proofs.at(-1) ?? '', checkpoint, verifierKey };
  }

  private async fixedParts(logged: LoggedAs, audio: string, page: string): Promise<FixedPart[]> {
    const { note, timestamp } = logged.checkpoint;
    const texts = textParts(logged.verifierKey, await this.witnessKeys(logged), {
      ...{ audio, page, isStamped: timestamp !== null },
    });
    if (!timestamp) return texts;
    return [...texts, [EVIDENCE_STAMP.note, note], [EVIDENCE_STAMP.timestamp, timestamp]];
  }

  /** @returns of the witnesses that have cosigned, as far as the box knows them: a list that cannot be read stops no evidence */
  private async witnessKeys({ checkpoint: { cosignatures } }: LoggedAs): Promise<string[]> {
    const { DENWABAN_WITNESSES: list } = this.settings.operator;
    if (cosignatures === '' || list === undefined) return [];
    const witnesses = await readWitnesses(list).catch(() => []);
    const names = new Set(cosignatures.split('\n').map((line) => line.split(' ')[1]));
    return witnesses.flatMap(({ verifier, verifierKey }) => (names.has(verifier.keyName) ? [verifierKey] : []));
  }

  private async checkedAudio(recording: RecordingEntity): Promise<CheckedAudio> {
    const { id, path, sizeBytes, sha256, format } = recording;
    if (path === null || sizeBytes === null || sha256 === null) throw new RecordingFileMissingError(id);
    const read = await this.sealed.open(recording, path, sizeBytes);
    const hash = createHash('sha256');
    for await (const chunk of read(0, sizeBytes)) hash.update(chunk);
    if (hash.digest('hex') !== sha256) throw new RecordingNotAsLoggedError(id);
    return { name: evidenceAudio(format ?? ''), sizeBytes, sha256, read };
  }

  /**
   * Two events: one tells of the recording and why, the other puts this very package into the log.
   * @returns the proof of the package, under a newer checkpoint than that of the recording, if that one is vouched for
   */
  private async loggedManifest(recording: RecordingEntity, manifest: string, order: EvidenceOrder): Promise<string> {
    const { reason, by, remoteAddress } = order;
    const { sha256: manifestSha256 } = describeFile(EVIDENCE_PARTS.manifest, manifest);
    const detail = { callId: recording.callId, reason, manifestSha256 };
    const { userId } = by;
    await this.audit.record({ userId, action: 'recording.evidence', subject: recording.id, detail, remoteAddress });
    const eventId = await this.audit.record({ userId, action: EVIDENCE_LOGGED_AS, subject: manifestSha256 });
    const { proofs } = await this.proofs.of([{ kind: 'audit-event', id: eventId }]);
    return proofs.at(-1) ?? '';
  }
}

/** The row of a sealed recording, which nobody has deleted. */
function loggedFacts(recording: RecordingEntity): RecordingRow {
  const { id, callId, state, completeness, reason, rule, startedAt, sealedAt, durationMs, format, sizeBytes, sha256 } =
    recording;
  return {
    ...{ id, callId, state, completeness, reason, rule, startedAt, sealedAt, durationMs, format, sha256 },
    sizeBytes: sizeBytes === null ? null : String(sizeBytes),
    ...{ deletedAt: null, deletedBy: null, deletionRule: null, deletionEvent: null },
  };
}

const describeAudio = ({ name, sizeBytes, sha256 }: CheckedAudio) => ({ name, sizeBytes, sha256 });

async function verifierPage(): Promise<string> {
  try {
    return await readFile(VERIFIER_PAGE, 'utf8');
  } catch (error) {
    if (isMissing(error)) throw new VerifierPageMissingError();
    throw error;
  }
}

/** The key of the log comes first: the commands of the how-to count on it. */
function textParts(
  verifierKey: string,
  witnessKeys: readonly string[],
  { audio, page, isStamped }: { audio: string; page: string; isStamped: boolean },
): FixedPart[] {
  const { keyName: origin, publicKey } = parseVerifierKey(verifierKey);
  const fingerprint = createHash('sha256').update(publicKey).digest('hex');
  const facts = { audio, fingerprint, origin, isStamped };
  return [
    [EVIDENCE_PARTS.verifier, page],
    [EVIDENCE_PARTS.howTo, howToJapanese(facts)],
    [EVIDENCE_PARTS.howToEnglish, howToEnglish(facts)],
    [EVIDENCE_PARTS.key, [verifierKey, ...witnessKeys].map((key) => `${key}\n`).join('')],
  ];
}

/** The audio comes last: what is short is there even of a package that was cut off. */
function entriesOf(
  { name, sizeBytes, read }: CheckedAudio,
  parts: readonly FixedPart[],
  modifiedAt: Date,
): AsyncIterable<ArchiveEntry> {
  const texts = parts.map(([part, content]) => ({
    ...{ name: part, modifiedAt, compress: true },
    content: Readable.from([Buffer.from(content)]),
  }));
  return Readable.from([...texts, { name, modifiedAt, content: read(0, sizeBytes) }]);
}
