import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ADMIN, ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import { Clock } from '../platform/clock.ts';
import { Failure } from '../platform/http/openapi.ts';
import { Session } from './session.schema.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NEW_PASSWORD = 'yuugata-no-mado-akari';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
});
beforeEach(async () => {
  jest.restoreAllMocks();
  await api.database.dataSource.query('DELETE FROM log_in_attempts');
});
afterAll(() => api.stop());

/** Lets time pass for the API. */
const later = (ms: number) =>
  jest
    .spyOn(api.http.application.get(Clock, { strict: false }), 'now')
    .mockImplementation(() => new Date(Date.now() + ms));

describe('logging in', () => {
  it('gives a cookie that scripts and neighbours cannot touch', async () => {
    const visitor = api.visitor();
    const answer = await visitor.logIn(' Ａｄｍｉｎ', ADMIN.password);
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-denwaban=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/),
    ]);
    expect(answer.as(Session)).toMatchObject({ user: { login: 'admin', name: '管理者' }, mustChangePassword: false });
    expect((await visitor.ask('GET', '/api/v1/session')).as(Session)).toEqual(answer.as(Session));
    expect(answer.as(Session).permissions).toContain('calls.search');
    expect(answer.as(Session).permissions).not.toContain('public');
    expect(await api.audited('session.log-in')).not.toEqual([]);
  });

  it('keeps neither token nor password', async () => {
    const visitor = await api.administrator();
    const token = visitor.cookie?.split('=')[1] ?? '';
    const [stored] = await api.database.dataSource.query<{ everything: string }[]>(
      `SELECT string_agg(s::text, '') || (SELECT string_agg(u::text, '') FROM users u)
         || (SELECT string_agg(a::text, '') FROM audit_events a) AS everything FROM sessions s`,
    );
    expect(stored?.everything).not.toContain(token);
    expect(stored?.everything).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
    expect(stored?.everything).not.toContain(ADMIN.password);
    expect(stored?.everything).toMatch(/\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('ends the session that was there before', async () => {
    const visitor = await api.administrator();
    const before = visitor.cookie;
    await visitor.logIn(ADMIN.login, ADMIN.password);
    expect(visitor.cookie).not.toBe(before);
    visitor.cookie = before;
    expect((await visitor.ask('GET', '/api/v1/session')).status).toBe(401);
  });

  it('answers alike for an unknown login, a wrong password and a disabled user', async () => {
    await api.database.dataSource.query(
      `INSERT INTO users SELECT gen_random_uuid(), 'tanaka', '田中', password_hash, false, now(), now() FROM users WHERE login = 'admin'`,
    );
    const told = [];
    for (const [login, password] of [
      ['nobody', ADMIN.password],
      ['admin', 'wrong'],
      ['tanaka', ADMIN.password],
    ] as const) {
      const { errorId, message, details } = (await api.visitor().logIn(login, password)).as(Failure);
      told.push({ errorId, message, details });
    }
    expect(new Set(told.map((failure) => JSON.stringify(failure))).size).toBe(1);
    expect(told[0]).toMatchObject({ errorId: 'wrong-log-in' });
    expect(await api.audited('session.refused')).toHaveLength(3);
  });

  it('takes the same work for an unknown login as for a wrong password', async () => {
    const visitor = api.visitor();
    const timed = async (login: string) => {
      const start = performance.now();
      await visitor.logIn(login, 'wrong');
      return performance.now() - start;
    };
    const median = (times: number[]) => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
    const [known, unknown]: [number[], number[]] = [[], []];
    for (let round = 0; round < 15; round += 1) {
      await api.database.dataSource.query('DELETE FROM log_in_attempts');
      known.push(await timed('admin'));
      unknown.push(await timed(`nobody${round}`));
    }
    // Without the work for nobody its answer would come in a tenth of the time.
    expect(median(unknown)).toBeGreaterThan(median(known) * 0.5);
  });
});

describe('guessing', () => {
  it('has to wait after five failures, with the right password too, and only here', async () => {
    const visitor = api.visitor();
    for (let failures = 0; failures < 5; failures += 1) {
      expect((await visitor.logIn('admin', `guess ${failures}`)).status).toBe(401);
    }
    const refused = await visitor.logIn('admin', ADMIN.password);
    expect([refused.status, refused.as(Failure).errorId]).toEqual([429, 'too-many-attempts']);
    const wait = (refused.as(Failure).details as { retryAfterSeconds: number }).retryAfterSeconds;
    expect(wait).toBeGreaterThan(25);
    expect(refused.headers['retry-after']).toBe(String(wait));
    expect((await visitor.logIn('somebody-else', 'x')).status).toBe(401);
    expect((await api.audited('session.refused')).at(-2)).toMatchObject({ detail: { reason: 'too-many-attempts' } });
  });

  it('gains nothing from many attempts at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => api.visitor().logIn('admin', `guess ${index}`)),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(25);
  });

  it('is forgiven by a success, and goes on being counted after a restart', async () => {
    const visitor = api.visitor();
    for (let failures = 0; failures < 4; failures += 1) await visitor.logIn('admin', 'wrong');
    expect(await api.database.dataSource.query('SELECT points FROM log_in_attempts')).toEqual([{ points: 4 }]);
    expect((await visitor.logIn('admin', ADMIN.password)).status).toBe(200);
    expect(await api.database.dataSource.query('SELECT points FROM log_in_attempts')).toEqual([]);
  });
});

describe('a session', () => {
  it('ends when its person logs out, on the server too', async () => {
    const visitor = await api.administrator();
    const cookie = visitor.cookie;
    const answer = await visitor.ask('DELETE', '/api/v1/session');
    expect(answer.status).toBe(204);
    expect(answer.headers['clear-site-data']).toContain('cache');
    expect(visitor.cookie).toBe('__Host-denwaban=');
    visitor.cookie = cookie;
    expect((await visitor.ask('GET', '/api/v1/session')).status).toBe(401);
  });

  it('ends after half an hour of nothing', async () => {
    const visitor = await api.administrator();
    later(29 * MINUTE_MS);
    expect((await visitor.ask('GET', '/api/v1/session')).status).toBe(200);
    later(58 * MINUTE_MS);
    expect((await visitor.ask('GET', '/api/v1/session')).status).toBe(200);
    later(89 * MINUTE_MS);
    expect((await visitor.ask('GET', '/api/v1/session')).status).toBe(401);
  });

  it('ends after twelve hours, however busy it is', async () => {
    const visitor = await api.administrator();
    for (let minutes = 20; minutes < 12 * 60; minutes += 20) {
      later(minutes * MINUTE_MS);
      expect((await visitor.ask('GET', '/api/v1/session')).status).toBe(200);
    }
    later(12 * HOUR_MS);
    expect((await visitor.ask('GET', '/api/v1/session')).status).toBe(401);
  });

  it('ends when its user is disabled', async () => {
    const visitor = await api.administrator();
    await api.database.dataSource.query(`UPDATE users SET disabled_at = now() WHERE login = 'admin'`);
    expect((await visitor.ask('GET', '/api/v1/session')).status).toBe(401);
    await api.database.dataSource.query(`UPDATE users SET disabled_at = NULL WHERE login = 'admin'`);
  });
});

describe('changing the password', () => {
  const change = (currentPassword: string, newPassword: string) => ({ body: { currentPassword, newPassword } });

  it('needs the present one', async () => {
    const visitor = await api.administrator();
    const answer = await visitor.ask('PUT', '/api/v1/session/password', change('wrong', NEW_PASSWORD));
    expect([answer.status, answer.as(Failure).errorId]).toEqual([422, 'wrong-password']);
    expect((await visitor.ask('GET', '/api/v1/session')).status).toBe(200);
  });

  it('cannot be guessed at with a stolen session', async () => {
    const visitor = await api.administrator();
    for (let failures = 0; failures < 5; failures += 1) {
      await visitor.ask('PUT', '/api/v1/session/password', change('wrong', NEW_PASSWORD));
    }
    expect((await visitor.ask('PUT', '/api/v1/session/password', change(ADMIN.password, NEW_PASSWORD))).status).toBe(
      429,
    );
  });

  it.each([
    ['short', 400, 'invalid-input'],
    ['password123456', 422, 'weak-password'],
    [ADMIN.password, 422, 'weak-password'],
    ['admin-admin-1', 422, 'weak-password'],
  ])('to %s is refused', async (password, status, errorId) => {
    const visitor = await api.administrator();
    const answer = await visitor.ask('PUT', '/api/v1/session/password', change(ADMIN.password, password));
    expect([answer.status, answer.as(Failure).errorId]).toEqual([status, errorId]);
  });

  it('ends every other session and gives this one a new token', async () => {
    const [here, elsewhere] = [await api.administrator(), await api.administrator()];
    const before = here.cookie;
    expect((await here.ask('PUT', '/api/v1/session/password', change(ADMIN.password, NEW_PASSWORD))).status).toBe(200);
    expect(here.cookie).not.toBe(before);
    expect((await here.ask('GET', '/api/v1/session')).status).toBe(200);
    expect((await elsewhere.ask('GET', '/api/v1/session')).status).toBe(401);
    here.cookie = before;
    expect((await here.ask('GET', '/api/v1/session')).status).toBe(401);
    const visitor = api.visitor();
    expect((await visitor.logIn('admin', ADMIN.password)).status).toBe(401);
    expect((await visitor.logIn('admin', NEW_PASSWORD)).status).toBe(200);
    expect(await api.audited('session.password-change')).toHaveLength(1);
  });
});
