import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openWithAge } from '../../../../test/medium/recordings/age.ts';
import { ExportBench, EXPORTS, manifestOf, REASON } from '../../../../test/medium/recordings/export-bench.ts';
import { unzipped } from '../../../../test/medium/recordings/unzipped.ts';
import type { ExportView } from './export.schema.ts';

const PASSPHRASE = 'kawa no nagare "$HOME" \\ 100%';

/** Audio that goes on for as long as somebody reads. */
async function* endless(): AsyncGenerator<Buffer> {
  for (;;) {
    await setImmediate();
    yield randomBytes(64 * 1024);
  }
}

let bench: ExportBench;

beforeAll(async () => {
  bench = await ExportBench.start();
});
afterEach(() => bench.convertAsAlways());
afterAll(() => bench.stop());

describe('an order', () => {
  const refused = async (more: object) => {
    const body = { callIds: [bench.recordings[0]?.callId], format: 'wav', reason: REASON, ...more };
    const answer = await bench.clerk.ask('POST', EXPORTS, { body });
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
    await bench.api.database.dataSource.query('DELETE FROM exports');
    const made: string[] = [];
    for (let count = 0; count < 52; count++) made.unshift((await bench.order()).id);
    const first = (await bench.clerk.ask('GET', EXPORTS)).json() as { exports: ExportView[]; nextCursor: string };
    const rest = (await bench.clerk.ask('GET', `${EXPORTS}?cursor=${first.nextCursor}`)).json() as typeof first;
    expect([...first.exports, ...rest.exports].map(({ id }) => id)).toEqual(made);
    expect(rest.nextCursor).toBeNull();
  });
});

describe('a download', () => {
  it('that its reader breaks off can begin again', async () => {
    const made = await bench.order({ format: 'wav' });
    bench.conversion.convert = endless;
    const answer = await bench.clerk.open('GET', `${EXPORTS}/${made.id}/archive`);
    await new Promise((done) => answer.once('data', done));
    expect((await bench.read(made)).state).toBe('running');
    expect(await bench.refusal(made)).toEqual([409, 'export-running']);
    answer.destroy();
    await bench.ended(made, 'interrupted');
    expect(await bench.traces(made, 'export.end')).toMatchObject([{ detail: { state: 'interrupted' } }]);
    bench.convertAsAlways();
    expect(manifestOf(await bench.filesOf(made)).counts.exported).toBe(3);
    await bench.ended(made, 'completed');
  });

  it('whose process died can begin again', async () => {
    const made = await bench.order();
    const set = (aliveAt: string) =>
      bench.api.database.dataSource.query(
        `UPDATE exports SET state = 'running', alive_at = now() - $2::interval WHERE id = $1`,
        [made.id, aliveAt],
      );
    await set('5 s');
    expect((await bench.read(made)).state).toBe('running');
    expect(await bench.refusal(made)).toEqual([409, 'export-running']);
    await set('31 s');
    expect((await bench.read(made)).state).toBe('interrupted');
    expect((await bench.download(made)).status).toBe(200);
  });

  it('waits until others are done', async () => {
    const made = [
      await bench.order({ format: 'wav' }),
      await bench.order({ format: 'wav' }),
      await bench.order({ format: 'wav' }),
    ] as const;
    bench.conversion.convert = endless;
    const running = await Promise.all(
      made.slice(0, 2).map(({ id }) => bench.clerk.open('GET', `${EXPORTS}/${id}/archive`)),
    );
    expect(await bench.refusal(made[2])).toEqual([503, 'too-many-exports']);
    running.forEach((answer) => answer.destroy());
    await Promise.all(made.slice(0, 2).map((one) => bench.ended(one, 'interrupted')));
    bench.convertAsAlways();
    expect((await bench.download(made[2])).status).toBe(200);
  });

  it('has a place kept for it by asking before, and is told in words when there is none', async () => {
    const made = [await bench.order(), await bench.order(), await bench.order({ format: 'wav' })] as const;
    const ask = async ({ id }: ExportView) => {
      const answer = await bench.clerk.ask('PUT', `${EXPORTS}/${id}/place`);
      return answer.status === 204 ? 204 : answer.json().errorId;
    };
    expect([await ask(made[0]), await ask(made[1]), await ask(made[2])]).toEqual([204, 204, 'too-many-exports']);
    expect(await bench.refusal(made[2])).toEqual([503, 'too-many-exports']);
    expect((await bench.download(made[0])).status).toBe(200);
    await bench.ended(made[0], 'completed');
    expect(await ask(made[2])).toBe(204);
    bench.conversion.convert = endless;
    const answer = await bench.clerk.open('GET', `${EXPORTS}/${made[2].id}/archive`);
    expect(await ask(made[2])).toBe('export-running');
    answer.destroy();
    await bench.ended(made[2], 'interrupted');
    bench.convertAsAlways();
    expect((await bench.download(made[1])).status).toBe(200);
  });

  it('does not begin by asking for its head', async () => {
    const made = await bench.order();
    const answer = await bench.clerk.ask('HEAD', `${EXPORTS}/${made.id}/archive`);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': expect.stringMatching(/^attachment; filename="denwaban-export-\d{8}-[0-9a-f]{8}\.zip"$/),
      'cache-control': 'no-store',
    });
    expect((await bench.read(made)).state).toBe('ready');
    expect(await bench.traces(made, 'export.download')).toEqual([]);
  });

  it('does not begin when no trace of it can be left', async () => {
    const made = await bench.order();
    await bench.api.database.dataSource.query(
      `CREATE TRIGGER refuse_insert BEFORE INSERT ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
    );
    const refused = await bench.download(made);
    await bench.api.database.dataSource.query('DROP TRIGGER refuse_insert ON audit_events');
    expect(refused.status).toBe(500);
    expect(refused.body.includes('PK')).toBe(false);
  });

  it('waits for a master key that is not there, and says so', async () => {
    const made = await bench.order();
    const path = join(bench.api.settings.layout.secrets, 'master-key');
    const kept = await readFile(path);
    await rm(path);
    const refused = await bench.refusal(made);
    await writeFile(path, kept, { mode: 0o600 });
    expect(refused).toEqual([503, 'master-key-unusable']);
    await bench.ended(made, 'interrupted');
    expect((await bench.download(made)).status).toBe(200);
  });

  it('is for who created the export, and for its time', async () => {
    const made = await bench.order();
    const { dataSource } = bench.api.database;
    await dataSource.query(`UPDATE exports SET expires_at = now() WHERE id = $1`, [made.id]);
    expect(await bench.refusal(made)).toEqual([410, 'export-expired']);
    expect((await bench.read(made)).state).toBe('expired');
    await dataSource.query(
      `INSERT INTO users (id, login, name, password_hash, must_change_password, created_at)
       VALUES (gen_random_uuid(), 'sato', '佐藤', '', false, now())`,
    );
    const byAnother = await bench.order();
    await dataSource.query(
      `UPDATE exports SET created_by = (SELECT id FROM users WHERE login = 'sato') WHERE id = $1`,
      [byAnother.id],
    );
    expect(await bench.refusal(byAnother)).toEqual([403, 'export-of-somebody-else']);
    expect(await bench.read(byAnother)).toMatchObject({ own: false, createdBy: { name: '佐藤' } });
    expect(await bench.traces(byAnother, 'export.download')).toEqual([]);
  });
});

describe('a passphrase', () => {
  const hold = (made: ExportView, passphrase: string) =>
    bench.clerk.ask('PUT', `${EXPORTS}/${made.id}/passphrase`, { body: { passphrase } });

  it('makes an archive that a stock age opens, and is asked for again once it was used', async () => {
    const made = await bench.order({ passphrase: PASSPHRASE });
    expect(made).toMatchObject({ encrypted: true, passphraseNeeded: false });
    const { type, body } = await bench.download(made);
    expect(type).toBe('application/octet-stream');
    const file = join(bench.api.settings.layout.run, 'archive.zip.age');
    await writeFile(file, body);
    const opened = join(bench.api.settings.layout.run, 'archive.zip');
    expect(await openWithAge(bench.api.settings.endpoints.toolsDir, file, opened, PASSPHRASE)).toBe(true);
    expect(unzipped(await readFile(opened)).at(-1)?.name).toBe('manifest.json');
    await bench.ended(made, 'completed');
    expect((await bench.read(made)).passphraseNeeded).toBe(true);
    expect(await bench.refusal(made)).toEqual([409, 'passphrase-needed']);
    expect((await hold(made, 'another passphrase')).status).toBe(204);
    expect((await bench.read(made)).passphraseNeeded).toBe(false);
  });

  it('is written down nowhere', async () => {
    const secret = 'yama no midori no secret';
    const made = await bench.order({ passphrase: secret });
    await hold(made, secret);
    for (const table of ['exports', 'export_items', 'audit_events', 'sessions', 'health_reports']) {
      const rows = await bench.api.database.dataSource.query<unknown[]>(`SELECT * FROM ${table}`);
      expect(JSON.stringify(rows)).not.toContain(secret);
    }
  });

  it.each(['short', 'x'.repeat(101), 'パスフレーズは日本語では', ' leading space here', 'a\nb c d e f g h'])(
    'that would not open it everywhere is refused: %j',
    async (passphrase) => {
      const body = { callIds: [bench.recordings[0]?.callId], format: 'wav', reason: REASON, passphrase };
      const answer = await bench.clerk.ask('POST', EXPORTS, { body });
      const { details } = answer.json() as { details: { path: string }[] };
      expect([answer.status, new Set(details.map(({ path }) => path))]).toEqual([400, new Set(['/passphrase'])]);
      expect(answer.text).not.toContain(passphrase);
    },
  );

  it('is not taken for an export without one', async () => {
    const answer = await hold(await bench.order(), PASSPHRASE);
    expect([answer.status, answer.json().errorId]).toEqual([409, 'export-not-encrypted']);
  });
});
