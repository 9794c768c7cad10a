import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readArchive } from '../../../../console/verifier/archive.ts';
import { verifyFiles } from '../../../../console/verifier/verification.ts';
import { buildVerifierPage } from '../../../../provisioning/verifier-page.ts';
import { ApiUnderTest } from '../../../../test/medium/api/api-under-test.ts';
import { eventually } from '../../../../test/medium/api/eventually.ts';
import { nameSite } from '../../../../test/medium/audit/log-bench.ts';
import { startLogWorker } from '../../../../test/medium/audit/log-worker.ts';
import { startAuthority, type TestAuthority } from '../../../../test/medium/audit/test-authority.ts';
import { tones } from '../../../../test/medium/recordings/audio.ts';
import { type EvidenceReader, evidenceReader } from '../../../../test/medium/recordings/evidence-by-hand.ts';
import { sealingService, spoolCall } from '../../../../test/medium/recordings/sealing-bench.ts';
import { CheckpointVouchers } from '../../audit/checkpoint-vouchers.repository.ts';
import { cosigner } from '../../audit/log/cosignature.ts';
import { parseNote, signatureLine } from '../../audit/log/note.ts';
import { TimestampAuthority } from '../../audit/timestamps/timestamp-authority.ts';
import { TimestampTool } from '../../audit/timestamps/timestamp-tool.ts';
import { RecordingEntity } from '../recording.entity.ts';
import { EVIDENCE_PARTS, EVIDENCE_STAMP } from './evidence-parts.ts';

const COSIGNED_AT = new Date('2026-11-20T03:00:00Z');
const witness = (name: string, seed: number) =>
  cosigner(name, Buffer.alloc(32, seed), () => COSIGNED_AT.getTime() / 1000);
const known = witness('denwaban/kita/witness', 1);
/** Nobody has told the box its key. */
const stranger = witness('example.jp/witness', 2);

let api: ApiUnderTest;
let worker: INestApplicationContext;
let authority: TestAuthority;
let reader: EvidenceReader;
let lists: string;
let parts: Map<string, Buffer>;

/** Has what covers the recording stamped and cosigned, and something signed after it. */
async function vouch(): Promise<void> {
  const vouchers = new CheckpointVouchers(api.database.dataSource);
  const newest = await vouchers.newestCheckpoint();
  if (!newest) throw new Error('nothing is signed');
  const openssl = join(api.settings.endpoints.toolsDir, 'openssl');
  const stamp = await new TimestampAuthority(authority.url, authority.caFile, new TimestampTool(openssl)).stamp(
    newest.note,
  );
  await vouchers.addTimestamp(newest.size, stamp, new Date());
  const { text } = parseNote(newest.note);
  for (const signer of [known, stranger]) {
    await vouchers.addCosignature(newest.size, signer.keyName, signatureLine(signer, signer.sign(text)), COSIGNED_AT);
  }
}

beforeAll(async () => {
  lists = await mkdtemp(join(tmpdir(), 'denwaban-lists-'));
  await writeFile(join(lists, 'witnesses'), `${known.verifierKey} https://127.0.0.1:1/witness\n`);
  await buildVerifierPage();
  api = await ApiUnderTest.start(undefined, { DENWABAN_WITNESSES: join(lists, 'witnesses') });
  nameSite(api.settings);
  const { toolsDir } = api.settings.endpoints;
  [authority, reader] = await Promise.all([startAuthority(join(toolsDir, 'openssl')), evidenceReader(toolsDir)]);
  const officer = await api.administrator();
  await api.database.dataSource.query('UPDATE users SET must_change_password = false');
  worker = await startLogWorker(api.settings);
  const callId = await spoolCall(api.settings.layout, {
    ...{ pcm: tones(1000, 440, 1000), lengthMs: 1500, events: [[500, { e: 'accepted' }]] },
  });
  await sealingService(api.database.dataSource, api.settings).seal(callId);
  const { id } = await api.database.dataSource.manager.findOneByOrFail(RecordingEntity, { callId });
  await eventually(async () => (await officer.ask('GET', `/api/v1/recordings/${id}/proof`)).status === 200);
  await vouch();
  const answer = await officer.open('POST', `/api/v1/recordings/${id}/evidence`, { body: { reason: '訴訟への提出' } });
  const zip = Buffer.concat((await answer.toArray()) as Buffer[]);
  expect(answer.statusCode).toBe(200);
  parts = new Map();
  for (const { name, open } of await readArchive(new Blob([Uint8Array.from(zip)]))) {
    parts.set(name, Buffer.from(await new Response(await open()).arrayBuffer()));
  }
});

afterAll(async () => {
  await worker.close();
  await Promise.all([api.stop(), authority.stop(), reader.leave()]);
  await rm(lists, { recursive: true });
});

const part = (name: string) => parts.get(name) ?? Buffer.alloc(0);

async function verify(changed: Record<string, Buffer | null> = {}) {
  const files = [...parts].flatMap(([name, content]) => {
    const bytes = name in changed ? changed[name] : content;
    return bytes ? [new File([Uint8Array.from(bytes)], name)] : [];
  });
  const verification = await verifyFiles(files, () => undefined);
  if (verification.kind !== 'evidence') throw new Error(verification.kind);
  return verification.result;
}

const oneBitOff = (content: Buffer, place: number) => {
  const changed = Buffer.from(content);
  const at = Math.floor(content.length * place);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
};

describe('an evidence package that others vouch for', () => {
  it('is found correct, and names the authority and the witnesses, and which of them were checked', async () => {
    const { correct, checks, timestamp, cosignatures, unknown } = await verify();
    expect([correct, unknown]).toEqual([true, []]);
    expect(checks).toContainEqual({ id: 'timestamp', outcome: 'passed', findings: [] });
    expect(timestamp?.by).toBe('Test authority');
    expect(Math.abs(Date.now() - Number(timestamp?.at))).toBeLessThan(600_000);
    expect(cosignatures).toEqual([
      { name: known.keyName, keyId: known.keyId, at: COSIGNED_AT, verified: true },
      { name: stranger.keyName, keyId: stranger.keyId, at: COSIGNED_AT, verified: false },
    ]);
  });

  it.each([
    ['changed in its imprint or near', EVIDENCE_STAMP.timestamp, 0.3, 'changed'],
    ['changed at its end, in its signature', EVIDENCE_STAMP.timestamp, 0.99, 'changed'],
    ['of another note', EVIDENCE_STAMP.note, 0.5, 'changed'],
    ['without the stamp', EVIDENCE_STAMP.timestamp, null, 'missing'],
    ['without the note', EVIDENCE_STAMP.note, null, 'missing'],
  ] as const)('with a time stamp %s is refused, and %s named', async (_, name, place, problem) => {
    const { correct, checks, timestamp } = await verify({
      [name]: place === null ? null : oneBitOff(part(name), place),
    });
    expect([correct, timestamp]).toEqual([false, null]);
    expect(checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([
      { id: 'timestamp', outcome: 'failed', findings: [{ part: name, problem }] },
    ]);
  });

  it('is refused with the signature of a known witness changed, and the proof named', async () => {
    const proof = part(EVIDENCE_PARTS.recordingProof).toString();
    const lines = proof.split('\n').map((line) => {
      if (!line.startsWith(`— ${known.keyName} `)) return line;
      const signature = Buffer.from(line.split(' ')[2] ?? '', 'base64');
      return signatureLine(known, oneBitOff(signature.subarray(4), 0.9)).trimEnd();
    });
    const { correct, checks } = await verify({ [EVIDENCE_PARTS.recordingProof]: Buffer.from(lines.join('\n')) });
    expect(correct).toBe(false);
    expect(checks.flatMap(({ findings }) => findings)).toEqual([
      { part: EVIDENCE_PARTS.recordingProof, problem: 'bad-signature' },
    ]);
  });

  it.each([EVIDENCE_PARTS.howTo, EVIDENCE_PARTS.howToEnglish])(
    'is proved by hand as %s says, its stamp with the certificate of the authority, and not with a changed stamp',
    async (howTo) => {
      const folder = new Map([...parts, ['ca.pem', await readFile(authority.caFile)]]);
      const { stdout, failed } = await reader.follow(howTo, folder);
      expect([failed, failed ? stdout : '']).toEqual([false, '']);
      expect(stdout).not.toContain('NG');
      expect(stdout).toContain('Verification: OK');
      folder.set(EVIDENCE_STAMP.timestamp, oneBitOff(part(EVIDENCE_STAMP.timestamp), 0.99));
      expect((await reader.follow(howTo, folder)).failed).toBe(true);
    },
  );
});
