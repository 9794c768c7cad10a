import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Part, readArchive } from '../../../../console/verifier/archive.ts';
import { verifyFiles } from '../../../../console/verifier/verification.ts';
import { buildVerifierPage } from '../../../../provisioning/verifier-page.ts';
import { ApiUnderTest } from '../../../../test/medium/api/api-under-test.ts';
import { eventually } from '../../../../test/medium/api/eventually.ts';
import type { Visitor } from '../../../../test/medium/api/visitor.ts';
import { nameSite, SITE } from '../../../../test/medium/audit/log-bench.ts';
import { startLogWorker } from '../../../../test/medium/audit/log-worker.ts';
import { tones } from '../../../../test/medium/recordings/audio.ts';
import { type EvidenceReader, evidenceReader } from '../../../../test/medium/recordings/evidence-by-hand.ts';
import { sealingService, spoolCall, unsealed } from '../../../../test/medium/recordings/sealing-bench.ts';
import { Failure } from '../../platform/http/openapi.ts';
import { RecordingEntity } from '../recording.entity.ts';
import { EVIDENCE_PARTS, evidenceAudio } from './evidence-parts.ts';
import { EvidenceManifest } from './evidence.schema.ts';

const REASON = '令和8年第12号 情報公開請求への対応';
const AUDIO = evidenceAudio('flac');

let api: ApiUnderTest;
let officer: Visitor;
let worker: INestApplicationContext;
let recording: RecordingEntity;
let zip: Blob;
let parts: Map<string, Buffer>;

const urlOf = ({ id }: Pick<RecordingEntity, 'id'>) => `/api/v1/recordings/${id}/evidence`;

async function seal(): Promise<RecordingEntity> {
  const callId = await spoolCall(api.settings.layout, {
    ...{ pcm: tones(3000, 440, 1000), lengthMs: 3500, events: [[500, { e: 'accepted' }]] },
  });
  await sealingService(api.database.dataSource, api.settings).seal(callId);
  return api.database.dataSource.manager.findOneByOrFail(RecordingEntity, { callId });
}

async function order(of: Pick<RecordingEntity, 'id'>, reason = REASON) {
  const answer = await officer.open('POST', urlOf(of), { body: { reason } });
  const body = Buffer.concat((await answer.toArray()) as Buffer[]);
  return { status: answer.statusCode, headers: answer.headers, body };
}

const bytesOf = async (part: Part) => Buffer.from(await new Response(await part.open()).arrayBuffer());

async function refusal(of: Pick<RecordingEntity, 'id'>): Promise<unknown[]> {
  const { status, body } = await order(of);
  return [status, Failure.parse(JSON.parse(body.toString())).errorId];
}

beforeAll(async () => {
  await buildVerifierPage();
  api = await ApiUnderTest.start();
  nameSite(api.settings);
  officer = await api.administrator();
  await api.database.dataSource.query('UPDATE users SET must_change_password = false');
  worker = await startLogWorker(api.settings);
  recording = await seal();
  await eventually(async () => (await officer.ask('GET', `/api/v1/recordings/${recording.id}/proof`)).status === 200);
  const { status, body } = await order(recording);
  expect(status).toBe(200);
  zip = new Blob([Uint8Array.from(body)]);
  parts = new Map();
  for (const part of await readArchive(zip)) parts.set(part.name, await bytesOf(part));
});

afterAll(async () => {
  await worker.close();
  await api.stop();
});

const part = (name: string) => parts.get(name) ?? Buffer.alloc(0);
/** As if somebody had unpacked it. */
const files = (changed: Record<string, Buffer | null> = {}) =>
  [...parts].flatMap(([name, content]) => {
    const bytes = name in changed ? changed[name] : content;
    return bytes ? [new File([Uint8Array.from(bytes)], name)] : [];
  });
const verify = async (chosen: File[]) => {
  const verification = await verifyFiles(chosen, () => undefined);
  if (verification.kind !== 'evidence') throw new Error(verification.kind);
  return verification.result;
};

describe('an evidence package', () => {
  it('holds the audio as it was sealed, what is known of the call, the proofs, the key, and how to read it all', async () => {
    expect([...parts.keys()].sort()).toEqual([...Object.values(EVIDENCE_PARTS), AUDIO].sort());
    expect(part(AUDIO).equals(await unsealed(api.database.dataSource, api.settings, recording))).toBe(true);
    const manifest = EvidenceManifest.parse(JSON.parse(part(EVIDENCE_PARTS.manifest).toString()));
    expect(manifest).toMatchObject({
      reason: REASON,
      createdBy: { login: 'admin' },
      recording: { recordingId: recording.id, sha256: recording.sha256, completeness: 'complete', durationMs: 3500 },
      call: { id: recording.callId, number: '0398765432', dialled: '0312345678' },
      audio: { missingMs: 0, channels: ['outside party', 'office'] },
    });
    for (const { name, sizeBytes, sha256 } of manifest.files) {
      const content = part(name);
      expect([name, content.length, createHash('sha256').update(content).digest('hex')]).toEqual([
        name,
        sizeBytes,
        sha256,
      ]);
    }
  });

  it('is offered as a file with a name of its own, and kept by no cache', async () => {
    const { headers } = await order(recording);
    expect(headers).toMatchObject({ 'content-type': 'application/zip', 'cache-control': 'no-store' });
    expect(headers['content-disposition']).toMatch(
      /filename="evidence_\d{8}_\d{6}_[0-9a-f]{8}\.zip"; filename\*=UTF-8''%/,
    );
  });

  it('stands in the audit trail with its reason, and its manifest in the log', async () => {
    const [told] = await api.audited('recording.evidence');
    const manifestSha256 = createHash('sha256').update(part(EVIDENCE_PARTS.manifest)).digest('hex');
    expect(told).toMatchObject({ subject: recording.id, detail: { reason: REASON, manifestSha256 } });
    expect((await api.audited('evidence.create'))[0]).toMatchObject({ subject: manifestSha256, detail: {} });
  });

  it('is found correct as it is, as an archive and unpacked, and says whose it is', async () => {
    for (const chosen of [[new File([zip], '証拠一式.zip')], files()]) {
      const result = await verify(chosen);
      expect(result).toMatchObject({ correct: true, unknown: [], key: { name: `denwaban/${SITE}` } });
      expect(result.recording?.recordingId).toBe(recording.id);
      expect(result.manifest?.reason).toBe(REASON);
    }
  });

  it.each([
    ['the audio', AUDIO, 'audio', 0.5],
    ['the manifest', EVIDENCE_PARTS.manifest, 'manifest', 0.5],
    ['the proof', EVIDENCE_PARTS.recordingProof, 'recording', 0.3],
    ['the signature', EVIDENCE_PARTS.recordingProof, 'recording', 0.97],
    ['the proof of the manifest', EVIDENCE_PARTS.manifestProof, 'manifest', 0.3],
    ['the key', EVIDENCE_PARTS.key, 'key', 0.9],
    ['the page', EVIDENCE_PARTS.verifier, 'files', 0.5],
    ['the how-to', EVIDENCE_PARTS.howTo, 'files', 0.5],
  ])('with one bit of %s changed is refused, and that part named', async (_, name, id, place) => {
    const changed = Buffer.from(part(name));
    const at = Math.floor(changed.length * place);
    changed.writeUInt8((changed[at] ?? 0) ^ 1, at);
    const { correct, checks } = await verify(files({ [name]: changed }));
    const failed = checks.filter(({ outcome }) => outcome === 'failed');
    expect([correct, failed.map((check) => [check.id, check.findings.map((finding) => finding.part)])]).toEqual([
      false,
      [[id, [name]]],
    ]);
  });

  it.each([AUDIO, ...Object.values(EVIDENCE_PARTS)])('without %s is refused, and that part named', async (name) => {
    const { correct, checks } = await verify(files({ [name]: null }));
    expect([correct, checks.flatMap(({ findings }) => findings)]).toEqual([
      false,
      [{ part: name, problem: 'missing' }],
    ]);
  });

  it('tells of files that are none of its own', async () => {
    const { correct, unknown } = await verify([...files(), new File(['x'], '録音2.flac')]);
    expect([correct, unknown]).toEqual([true, ['録音2.flac']]);
  });

  it('is refused with the proof of another recording', async () => {
    const other = await seal();
    await eventually(async () => (await officer.ask('GET', urlOf(other).replace('evidence', 'proof'))).status === 200);
    const { body } = await order(other);
    const theirs = new Map((await readArchive(new Blob([Uint8Array.from(body)]))).map((each) => [each.name, each]));
    const swapped: Record<string, Buffer> = {};
    for (const name of [AUDIO, EVIDENCE_PARTS.recordingProof]) {
      const found = theirs.get(name);
      if (found) swapped[name] = await bytesOf(found);
    }
    const { correct, checks } = await verify(files(swapped));
    expect(correct).toBe(false);
    expect(checks.flatMap(({ findings }) => findings)).toContainEqual({
      ...{ part: EVIDENCE_PARTS.recordingProof, problem: 'not-the-logged-recording' },
    });
  });
});

describe('the how-to', () => {
  let reader: EvidenceReader;

  beforeAll(async () => {
    reader = await evidenceReader(api.settings.endpoints.toolsDir);
  });
  afterAll(() => reader.leave());

  const follow = (howTo: string, changed: Record<string, Buffer> = {}) =>
    reader.follow(howTo, new Map([...parts, ...Object.entries(changed)]));

  it.each([EVIDENCE_PARTS.howTo, EVIDENCE_PARTS.howToEnglish])(
    '%s, followed by hand, proves the package',
    async (text) => {
      const { stdout, failed } = await follow(text);
      expect([failed, failed ? stdout : '']).toEqual([false, '']);
      expect(stdout).not.toContain('NG');
      const lines = stdout.split('\n');
      expect(lines.filter((line) => line === 'Signature Verified Successfully')).toHaveLength(2);
      expect(lines.filter((line) => line === 'OK')).toHaveLength(2);
      expect(lines.filter((line) => line.endsWith(': OK')).sort()).toEqual(
        [AUDIO, AUDIO, EVIDENCE_PARTS.manifest, EVIDENCE_PARTS.key, EVIDENCE_PARTS.howTo, EVIDENCE_PARTS.howToEnglish]
          .concat(EVIDENCE_PARTS.verifier)
          .map((name) => `${name}: OK`)
          .sort(),
      );
      const fingerprint = lines.find((line) => line.endsWith('  -'))?.slice(0, 64) ?? 'none';
      expect(part(text).toString().replaceAll(' ', '').toLowerCase()).toContain(fingerprint);
    },
  );

  it.each([
    [AUDIO, 0.9],
    [EVIDENCE_PARTS.manifest, 0.5],
    [EVIDENCE_PARTS.recordingProof, 0.2],
    [EVIDENCE_PARTS.recordingProof, 0.97],
    [EVIDENCE_PARTS.manifestProof, 0.2],
    [EVIDENCE_PARTS.key, 0.9],
  ])('followed by hand, finds one changed bit of %s (at %d)', async (name, place) => {
    const changed = Buffer.from(part(name));
    const at = Math.floor(changed.length * place);
    changed.writeUInt8((changed[at] ?? 0) ^ 1, at);
    const { stdout, failed } = await follow(EVIDENCE_PARTS.howTo, { [name]: changed });
    expect(failed || stdout.includes('NG')).toBe(true);
  });
});

describe('no evidence is made', () => {
  const made = async () => (await api.audited('evidence.create')).length;

  it('without a reason', async () => {
    const { status, body } = await order(recording, '  ');
    expect(status).toBe(400);
    expect(Failure.parse(JSON.parse(body.toString())).details).toMatchObject([{ path: '/reason' }]);
  });

  it('of audio that is not what was sealed, and nothing is logged as made', async () => {
    const damaged = await seal();
    const file = join(api.settings.layout.vault, damaged.path ?? '');
    const content = await readFile(file);
    content.writeUInt8(content.readUInt8(content.length - 40) ^ 1, content.length - 40);
    await writeFile(file, content);
    const before = await made();
    expect(await refusal(damaged)).toEqual([500, 'recording-unreadable']);
    await rm(file);
    expect(await refusal(damaged)).toEqual([410, 'recording-file-missing']);
    expect(await made()).toBe(before);
  });

  it('of a row that says something else than the log', async () => {
    const changed = await seal();
    await eventually(
      async () => (await officer.ask('GET', urlOf(changed).replace('evidence', 'proof'))).status === 200,
    );
    await api.database.tamper('UPDATE recordings SET duration_ms = duration_ms + 1 WHERE id = $1', [changed.id]);
    expect(await refusal(changed)).toEqual([409, 'recording-not-as-logged']);
    await api.database.tamper('UPDATE recordings SET duration_ms = duration_ms - 1 WHERE id = $1', [changed.id]);
  });

  it('of a recording that is not sealed', async () => {
    const unfinished = await seal();
    await api.database.tamper(`UPDATE recordings SET state = 'sealing' WHERE id = $1`, [unfinished.id]);
    expect(await refusal(unfinished)).toEqual([409, 'recording-not-playable']);
    await api.database.tamper(`UPDATE recordings SET state = 'sealed' WHERE id = $1`, [unfinished.id]);
  });

  it('while nobody signs, and who asks learns so', async () => {
    await worker.close();
    await api.database.dataSource.query(`UPDATE health_reports SET reported_at = now() - interval '1 hour'`);
    expect(await refusal(recording)).toEqual([504, 'log-not-answering']);
    worker = await startLogWorker(api.settings);
  });
});
