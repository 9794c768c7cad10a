import { createHash, randomBytes } from 'node:crypto';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyFiles } from '../../../../console/verifier/verification.ts';
import { ApiUnderTest } from '../../../../test/medium/api/api-under-test.ts';
import { eventually } from '../../../../test/medium/api/eventually.ts';
import { aCall, fileCalls } from '../../../../test/medium/api/filed-calls.ts';
import type { Visitor } from '../../../../test/medium/api/visitor.ts';
import { openWithAge } from '../../../../test/medium/recordings/age.ts';
import { tones } from '../../../../test/medium/recordings/audio.ts';
import { sealingService, spoolCall, unsealed } from '../../../../test/medium/recordings/sealing-bench.ts';
import { unzipped, type ZippedFile } from '../../../../test/medium/recordings/unzipped.ts';
import { KeyRing } from '../encryption/key-ring.ts';
import { loadMasterKey } from '../encryption/master-key.ts';
import { RecordingKeyRepository } from '../encryption/recording-key.repository.ts';
import { RecordingEntity } from '../recording.entity.ts';
import { AudioConversion } from './audio-conversion.ts';
import { ExportManifest } from './export-manifest.schema.ts';
import type { ExportView } from './export.schema.ts';
import { ToolFailedError } from './tool-stream.ts';

const EXPORTS = '/api/v1/exports';
const PASSPHRASE = 'kawa no nagare "$HOME" \\ 100%';
const REASON = '開示請求 第12号のため';

let api: ApiUnderTest;
let clerk: Visitor;
let recordings: RecordingEntity[];

async function seal(pcm: Buffer | null): Promise<RecordingEntity> {
  const callId = await spoolCall(api.settings.layout, { pcm, lengthMs: 1000 });
  await sealingService(api.database.dataSource, api.settings).seal(callId);
  return api.database.dataSource.manager.findOneByOrFail(RecordingEntity, { callId });
}

function recordingAt(index: number): RecordingEntity {
  const row = recordings[index];
  if (!row) throw new Error(`there is no recording ${index}`);
  return row;
}

async function order(more: object = {}, of = recordings): Promise<ExportView> {
  const body = { callIds: of.map(({ callId }) => callId), format: 'original', reason: REASON, ...more };
  const answer = await clerk.ask('POST', EXPORTS, { body });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.json() as unknown as ExportView;
}

const read = async ({ id }: ExportView) => (await clerk.ask('GET', `${EXPORTS}/${id}`)).json() as unknown as ExportView;

async function download({ id }: ExportView): Promise<{ status: number; type: string; body: Buffer }> {
  const answer = await clerk.open('GET', `${EXPORTS}/${id}/archive`);
  const body = Buffer.concat((await answer.toArray()) as Buffer[]);
  return { status: answer.statusCode ?? 0, type: answer.headers['content-type'] ?? '', body };
}

async function refusal(made: ExportView): Promise<unknown[]> {
  const { status, body } = await download(made);
  return [status, (JSON.parse(body.toString()) as { errorId: string }).errorId];
}

async function filesOf(made: ExportView): Promise<Map<string, ZippedFile>> {
  const { status, body } = await download(made);
  expect(status).toBe(200);
  return new Map(unzipped(body).map((file) => [file.name, file]));
}

const contentOf = (files: Map<string, ZippedFile>, name: string): Buffer => {
  const file = files.get(name);
  if (!file) throw new Error(`no ${name} among ${[...files.keys()].join(', ')}`);
  return file.content;
};
const manifestOf = (files: Map<string, ZippedFile>): ExportManifest =>
  ExportManifest.parse(JSON.parse(contentOf(files, 'manifest.json').toString()));
const ended = (made: ExportView, state: string) => eventually(async () => (await read(made)).state === state);
const traces = async (made: ExportView, action: string) =>
  (await api.audited(action)).filter(({ subject }) => subject === made.id);

const conversion = () => api.http.application.get(AudioConversion, { strict: false });
/** Audio that goes on for as long as somebody reads. */
async function* endless(): AsyncGenerator<Buffer> {
  for (;;) {
    await setImmediate();
    yield randomBytes(64 * 1024);
  }
}

beforeAll(async () => {
  api = await ApiUnderTest.start();
  clerk = await api.administrator();
  recordings = [
    await seal(tones(1000, 440, 1000)),
    await seal(tones(2000, 500, 900)),
    await seal(tones(500, 600, 800)),
  ];
});
afterEach(() => {
  conversion().convert = (...asked) => AudioConversion.prototype.convert.apply(conversion(), asked);
});
afterAll(() => api.stop());

describe('an export', () => {
  it('holds every recording as it was sealed, and tells of each what it is', async () => {
    const made = await order();
    expect(made).toMatchObject({ state: 'ready', own: true, encrypted: false, reason: REASON, progress: { calls: 3 } });
    const files = await filesOf(made);
    const manifest = manifestOf(files);
    expect(manifest.counts).toEqual({ calls: 3, exported: 3, withoutAudio: 0, missing: 0 });
    expect(manifest.recordings.map(({ recordingId }) => recordingId)).toEqual(recordings.map(({ id }) => id));
    for (const [index, { file, asSealed, sealed }] of manifest.recordings.entries()) {
      expect(file?.name).toMatch(/^録音\/\d{8}_\d{6}_main_0398765432_[0-9a-f]{8}\.flac$/);
      const audio = contentOf(files, file?.name ?? '');
      expect(audio.equals(await unsealed(api.database.dataSource, api.settings, recordingAt(index)))).toBe(true);
      const { sha256 } = recordingAt(index);
      expect([asSealed, sealed?.sha256, file?.sha256]).toEqual([true, sha256, sha256]);
    }
    for (const { name, sha256, sizeBytes } of manifest.files) {
      const content = contentOf(files, name);
      expect([createHash('sha256').update(content).digest('hex'), content.length]).toEqual([sha256, sizeBytes]);
    }
    const list = contentOf(files, '一覧.csv').toString();
    expect(list.startsWith('\ufeff"番号","ファイル名"')).toBe(true);
    for (const { file } of manifest.recordings) expect(list).toContain(`"${file?.name}","済"`);
    expect([...files.keys()].filter((name) => !name.startsWith('録音/'))).toEqual([
      ...['一覧.csv', 'manifest.schema.json', 'manifest.json'],
    ]);
  });

  it('is held against its list by the page for evidence, each audio file of it too, zipped and unpacked', async () => {
    const { body } = await download(await order());
    const verify = async (chosen: File[]) => {
      const verification = await verifyFiles(chosen, () => undefined);
      return verification.kind === 'export' ? verification.result : verification.kind;
    };
    const right = { correct: true, findings: [], audio: 3, recordings: 3, unknown: [] };
    expect(await verify([new File([Uint8Array.from(body)], 'export.zip')])).toEqual(right);
    const bare = (name: string) => name.slice(name.lastIndexOf('/') + 1);
    const unpacked = unzipped(body);
    const chosen = unpacked.map(({ name, content }) => new File([Uint8Array.from(content)], bare(name)));
    expect(await verify(chosen)).toEqual(right);
    const audio = unpacked.find(({ name }) => name.startsWith('録音/'));
    if (!audio) throw new Error('no audio');
    const changed = Uint8Array.from(audio.content);
    changed[100] = (changed[100] ?? 0) ^ 1;
    const others = chosen.filter(({ name }) => name !== bare(audio.name));
    const finding = (problem: string) => ({ correct: false, findings: [{ part: audio.name, problem }] });
    expect(await verify([...others, new File([changed], bare(audio.name))])).toMatchObject(finding('changed'));
    expect(await verify(others)).toMatchObject(finding('missing'));
  });

  it('without any audio is never found correct by that page', async () => {
    const { body } = await download(await order({}, [await seal(null)]));
    const verification = await verifyFiles([new File([Uint8Array.from(body)], 'export.zip')], () => undefined);
    expect(verification).toMatchObject({ kind: 'export', result: { correct: false, findings: [], audio: 0 } });
    const unlisted = JSON.stringify({ kind: 'denwaban-export', files: [] });
    expect(await verifyFiles([new File([unlisted], 'manifest.json')], () => undefined)).toEqual({ kind: 'empty' });
  });

  it('leaves a trace of who, why, how many and which, of each download, and of its end', async () => {
    const made = await order();
    await download(made);
    await ended(made, 'completed');
    const [created] = await traces(made, 'export.create');
    expect(created).toMatchObject({
      user_id: made.createdBy.id,
      detail: { reason: REASON, calls: 3, format: 'original', listSha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(await traces(made, 'export.download')).toMatchObject([{ user_id: made.createdBy.id, detail: { calls: 3 } }]);
    expect(await traces(made, 'export.end')).toMatchObject([{ detail: { state: 'completed', done: 3, missing: 0 } }]);
  });

  it('is the same archive however often it is downloaded', async () => {
    const made = await order({ format: 'wav' });
    const first = await download(made);
    await ended(made, 'completed');
    expect((await download(made)).body.equals(first.body)).toBe(true);
  });

  it.each([
    ['wav', 'both', 32],
    ['wav', 'left', 16],
    ['mp3', 'both', 8],
    ['flac', 'right', null],
  ])('can be %s of %s', async (format, side, bytesPerMs) => {
    const files = await filesOf(await order({ format, side }));
    for (const { file, durationMs } of manifestOf(files).recordings) {
      expect(file?.name.endsWith(`.${format}`)).toBe(true);
      if (bytesPerMs !== null) expect((file?.sizeBytes ?? 0) / bytesPerMs / (durationMs ?? 1)).toBeCloseTo(1, 0);
      expect(contentOf(files, file?.name ?? '').length).toBe(file?.sizeBytes);
    }
  });

  it('of a search is every ended call that it finds, oldest first', async () => {
    const line = 'library';
    const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 1, minute));
    const calls = [3, 1, 2].map((minute) => aCall({ line, startedAt: at(minute) }));
    await fileCalls(api.database.dataSource, [...calls, aCall({ line, startedAt: at(4), endedAt: null })]);
    const made = await order({ search: { line }, callIds: undefined });
    const listed = manifestOf(await filesOf(made)).recordings;
    expect(listed.map(({ callId }) => callId)).toEqual([calls[1]?.id, calls[2]?.id, calls[0]?.id]);
    expect(listed.map(({ notExported }) => notExported)).toEqual(['not-sealed', 'not-sealed', 'not-sealed']);
    expect(await traces(made, 'export.create')).toMatchObject([{ detail: { search: { line } } }]);
  });

  it('has its list in CP932 when asked, and says which characters that lacks', async () => {
    const [call] = recordings;
    await api.database.dataSource.query(`UPDATE calls SET desk_name = '𠮷田係' WHERE id = $1`, [call?.callId]);
    const made = await order({ listEncoding: 'cp932' });
    expect(made.lostCharacters).toEqual(['𠮷']);
    const files = await filesOf(made);
    expect(new TextDecoder('shift_jis').decode(contentOf(files, '一覧.csv'))).toContain('"〓田係"');
    expect(contentOf(files, '一覧_注意.txt').toString()).toContain('番号 1、列「窓口」: 𠮷(U+20BB7)');
    expect(manifestOf(files).files.map(({ name }) => name)).toContain('一覧_注意.txt');
  });
});

describe('what cannot be exported', () => {
  it('is told with its reason, and everything else is there', async () => {
    const { dataSource, settings } = { dataSource: api.database.dataSource, settings: api.settings };
    const audio = tones(1000, 440, 1000);
    const [whole, missing, damaged, destroyed] = [
      await seal(audio),
      await seal(audio),
      await seal(audio),
      await seal(audio),
    ];
    const [lost, refused] = [await seal(null), await seal(null)];
    await dataSource.query(`UPDATE recordings SET reason = 'refused' WHERE id = $1`, [refused.id]);
    const made = await order({}, [missing, damaged, whole, destroyed, lost, refused]);
    const at = ({ path }: RecordingEntity) => join(settings.layout.vault, path ?? '');
    await rm(at(missing));
    const file = await open(at(damaged), 'r+');
    await file.write(Buffer.from([1, 2, 3]), 0, 3, 200);
    await file.close();
    const ring = new KeyRing(await loadMasterKey(settings.masterKeyPlaces), new RecordingKeyRepository(dataSource));
    await ring.destroyRecordingKey(destroyed.id);
    const files = await filesOf(made);
    const manifest = manifestOf(files);
    expect(manifest.recordings.map(({ notExported, completenessReason }) => notExported ?? completenessReason)).toEqual(
      [...['file-missing', 'file-damaged', null, 'deleted', 'no-recording', 'no-recording']],
    );
    expect(manifest.recordings.at(-2)?.completenessReason).toBe('file-missing');
    expect(manifest.recordings.at(-1)?.completenessReason).toBe('refused');
    expect(manifest.counts).toEqual({ calls: 6, exported: 1, withoutAudio: 1, missing: 4 });
    expect([...files.keys()].filter((name) => name.startsWith('録音/'))).toHaveLength(1);
    const list = contentOf(files, '一覧.csv').toString();
    for (const words of ['録音庫にファイルがありません', '録音庫のファイルが壊れています', '削除済み'])
      expect(list).toContain(words);
    await ended(made, 'completed');
    expect((await read(made)).progress).toMatchObject({ calls: 6, done: 6, withoutAudio: 1, missing: 4 });
    const rows = await dataSource.manager.findBy(RecordingEntity, { trouble: 'vault-file-damaged' });
    expect(rows.map(({ id }) => id).sort()).toEqual([missing.id, damaged.id].sort());
  });

  it('is told when its conversion breaks off in the middle', async () => {
    const made = await order({ format: 'wav' });
    conversion().convert = (...asked) => broken(AudioConversion.prototype.convert.apply(conversion(), asked));
    const files = await filesOf(made);
    const manifest = manifestOf(files);
    expect(manifest.counts).toMatchObject({ exported: 0, missing: 3 });
    for (const { notExported, incompleteFile, file } of manifest.recordings) {
      expect([notExported, file]).toEqual(['conversion-failed', null]);
      expect(contentOf(files, incompleteFile ?? '').length).toBeGreaterThan(0);
    }
  });
});

/** The first piece, and then no more. */
async function* broken(audio: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of audio) {
    yield chunk;
    throw new ToolFailedError('sox: killed');
  }
}

describe('a download', () => {
  it('that its reader breaks off can begin again', async () => {
    const made = await order({ format: 'wav' });
    conversion().convert = endless;
    const answer = await clerk.open('GET', `${EXPORTS}/${made.id}/archive`);
    await new Promise((done) => answer.once('data', done));
    expect((await read(made)).state).toBe('running');
    expect(await refusal(made)).toEqual([409, 'export-running']);
    answer.destroy();
    await ended(made, 'interrupted');
    expect(await traces(made, 'export.end')).toMatchObject([{ detail: { state: 'interrupted' } }]);
    conversion().convert = (...asked) => AudioConversion.prototype.convert.apply(conversion(), asked);
    expect(manifestOf(await filesOf(made)).counts.exported).toBe(3);
    await ended(made, 'completed');
  });

  it('whose process died can begin again', async () => {
    const made = await order();
    const set = (aliveAt: string) =>
      api.database.dataSource.query(
        `UPDATE exports SET state = 'running', alive_at = now() - $2::interval WHERE id = $1`,
        [made.id, aliveAt],
      );
    await set('5 s');
    expect((await read(made)).state).toBe('running');
    expect(await refusal(made)).toEqual([409, 'export-running']);
    await set('31 s');
    expect((await read(made)).state).toBe('interrupted');
    expect((await download(made)).status).toBe(200);
  });

  it('waits until others are done', async () => {
    const made = [
      await order({ format: 'wav' }),
      await order({ format: 'wav' }),
      await order({ format: 'wav' }),
    ] as const;
    conversion().convert = endless;
    const running = await Promise.all(made.slice(0, 2).map(({ id }) => clerk.open('GET', `${EXPORTS}/${id}/archive`)));
    expect(await refusal(made[2])).toEqual([503, 'too-many-exports']);
    running.forEach((answer) => answer.destroy());
    await Promise.all(made.slice(0, 2).map((one) => ended(one, 'interrupted')));
    conversion().convert = (...asked) => AudioConversion.prototype.convert.apply(conversion(), asked);
    expect((await download(made[2])).status).toBe(200);
  });

  it('has a place kept for it by asking before, and is told in words when there is none', async () => {
    const made = [await order(), await order(), await order({ format: 'wav' })] as const;
    const ask = async ({ id }: ExportView) => {
      const answer = await clerk.ask('PUT', `${EXPORTS}/${id}/place`);
      return answer.status === 204 ? 204 : answer.json().errorId;
    };
    expect([await ask(made[0]), await ask(made[1]), await ask(made[2])]).toEqual([204, 204, 'too-many-exports']);
    expect(await refusal(made[2])).toEqual([503, 'too-many-exports']);
    expect((await download(made[0])).status).toBe(200);
    await ended(made[0], 'completed');
    expect(await ask(made[2])).toBe(204);
    conversion().convert = endless;
    const answer = await clerk.open('GET', `${EXPORTS}/${made[2].id}/archive`);
    expect(await ask(made[2])).toBe('export-running');
    answer.destroy();
    await ended(made[2], 'interrupted');
    conversion().convert = (...asked) => AudioConversion.prototype.convert.apply(conversion(), asked);
    expect((await download(made[1])).status).toBe(200);
  });

  it('does not begin by asking for its head', async () => {
    const made = await order();
    const answer = await clerk.ask('HEAD', `${EXPORTS}/${made.id}/archive`);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': expect.stringMatching(/^attachment; filename="denwaban-export-\d{8}-[0-9a-f]{8}\.zip"$/),
      'cache-control': 'no-store',
    });
    expect((await read(made)).state).toBe('ready');
    expect(await traces(made, 'export.download')).toEqual([]);
  });

  it('does not begin when no trace of it can be left', async () => {
    const made = await order();
    await api.database.dataSource.query(
      `CREATE TRIGGER refuse_insert BEFORE INSERT ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
    );
    const refused = await download(made);
    await api.database.dataSource.query('DROP TRIGGER refuse_insert ON audit_events');
    expect(refused.status).toBe(500);
    expect(refused.body.includes('PK')).toBe(false);
  });

  it('waits for a master key that is not there, and says so', async () => {
    const made = await order();
    const path = join(api.settings.layout.secrets, 'master-key');
    const kept = await readFile(path);
    await rm(path);
    const refused = await refusal(made);
    await writeFile(path, kept, { mode: 0o600 });
    expect(refused).toEqual([503, 'master-key-unusable']);
    await ended(made, 'interrupted');
    expect((await download(made)).status).toBe(200);
  });

  it('is for who created the export, and for its time', async () => {
    const made = await order();
    const { dataSource } = api.database;
    await dataSource.query(`UPDATE exports SET expires_at = now() WHERE id = $1`, [made.id]);
    expect(await refusal(made)).toEqual([410, 'export-expired']);
    expect((await read(made)).state).toBe('expired');
    await dataSource.query(
      `INSERT INTO users (id, login, name, password_hash, must_change_password, created_at)
       VALUES (gen_random_uuid(), 'sato', '佐藤', '', false, now())`,
    );
    const byAnother = await order();
    await dataSource.query(
      `UPDATE exports SET created_by = (SELECT id FROM users WHERE login = 'sato') WHERE id = $1`,
      [byAnother.id],
    );
    expect(await refusal(byAnother)).toEqual([403, 'export-of-somebody-else']);
    expect(await read(byAnother)).toMatchObject({ own: false, createdBy: { name: '佐藤' } });
    expect(await traces(byAnother, 'export.download')).toEqual([]);
  });
});

describe('a passphrase', () => {
  const hold = (made: ExportView, passphrase: string) =>
    clerk.ask('PUT', `${EXPORTS}/${made.id}/passphrase`, { body: { passphrase } });

  it('makes an archive that a stock age opens, and is asked for again once it was used', async () => {
    const made = await order({ passphrase: PASSPHRASE });
    expect(made).toMatchObject({ encrypted: true, passphraseNeeded: false });
    const { type, body } = await download(made);
    expect(type).toBe('application/octet-stream');
    const file = join(api.settings.layout.run, 'archive.zip.age');
    await writeFile(file, body);
    const opened = join(api.settings.layout.run, 'archive.zip');
    expect(await openWithAge(api.settings.endpoints.toolsDir, file, opened, PASSPHRASE)).toBe(true);
    expect(unzipped(await readFile(opened)).at(-1)?.name).toBe('manifest.json');
    await ended(made, 'completed');
    expect((await read(made)).passphraseNeeded).toBe(true);
    expect(await refusal(made)).toEqual([409, 'passphrase-needed']);
    expect((await hold(made, 'another passphrase')).status).toBe(204);
    expect((await read(made)).passphraseNeeded).toBe(false);
  }, 60_000);

  it('is written down nowhere', async () => {
    const secret = 'yama no midori no secret';
    const made = await order({ passphrase: secret });
    await hold(made, secret);
    for (const table of ['exports', 'export_items', 'audit_events', 'sessions', 'health_reports']) {
      const rows = await api.database.dataSource.query<unknown[]>(`SELECT * FROM ${table}`);
      expect(JSON.stringify(rows)).not.toContain(secret);
    }
  });

  it.each(['short', 'x'.repeat(101), 'パスフレーズは日本語では', ' leading space here', 'a\nb c d e f g h'])(
    'that would not open it everywhere is refused: %j',
    async (passphrase) => {
      const body = { callIds: [recordings[0]?.callId], format: 'wav', reason: REASON, passphrase };
      const answer = await clerk.ask('POST', EXPORTS, { body });
      const { details } = answer.json() as { details: { path: string }[] };
      expect([answer.status, new Set(details.map(({ path }) => path))]).toEqual([400, new Set(['/passphrase'])]);
      expect(answer.text).not.toContain(passphrase);
    },
  );

  it('is not taken for an export without one', async () => {
    const answer = await hold(await order(), PASSPHRASE);
    expect([answer.status, answer.json().errorId]).toEqual([409, 'export-not-encrypted']);
  });
});

describe('an order', () => {
  const refused = async (more: object) => {
    const body = { callIds: [recordings[0]?.callId], format: 'wav', reason: REASON, ...more };
    const answer = await clerk.ask('POST', EXPORTS, { body });
    const { errorId, details } = answer.json() as { errorId: string; details?: { path: string }[] };
    return [answer.status, errorId, details?.[0]?.path];
  };

  it.each([
    [{ reason: ' \n ' }, '/reason'],
    [{ reason: undefined }, '/reason'],
    [{ search: {} }, '/callIds'],
    [{ callIds: undefined }, '/callIds'],
    [{ callIds: [] }, '/callIds'],
    [{ callIds: ['00000000-0000-4000-8000-000000000000'] }, '/callIds/0'],
    [{ format: 'original', side: 'left' }, '/side'],
    [{ format: 'ogg' }, '/format'],
    [{ callIds: undefined, search: { number: '山田' } }, '/number'],
  ])('that cannot be is refused with the place: %j', async (more, path) => {
    expect(await refused(more)).toEqual([400, 'invalid-input', path]);
  });

  it('for nothing is refused', async () => {
    expect(await refused({ callIds: undefined, search: { line: 'no-such-line' } })).toEqual([
      409,
      'nothing-to-export',
      undefined,
    ]);
  });

  it('stands in the list, newest first, a page at a time', async () => {
    await api.database.dataSource.query('DELETE FROM exports');
    const made: string[] = [];
    for (let count = 0; count < 52; count++) made.unshift((await order()).id);
    const first = (await clerk.ask('GET', EXPORTS)).json() as { exports: ExportView[]; nextCursor: string };
    const rest = (await clerk.ask('GET', `${EXPORTS}?cursor=${first.nextCursor}`)).json() as typeof first;
    expect([...first.exports, ...rest.exports].map(({ id }) => id)).toEqual(made);
    expect(rest.nextCursor).toBeNull();
  });
});
