import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ADMIN, ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import { aCall, fileCalls } from '../../../test/medium/api/filed-calls.ts';
import { Visitor } from '../../../test/medium/api/visitor.ts';
import { Grants } from '../people/grants.ts';
import { Failure } from '../platform/http/openapi.ts';
import { type DeclaredRoute, isStreamed } from '../platform/http/route.ts';
import { type Permission, PERMISSIONS } from '../platform/permissions.ts';
import { apiRoutes } from './api-document.ts';

const routes = apiRoutes().map((route) => [`${route.method} ${route.path}`, route] as const);
const guarded = routes.filter(([, { access }]) => access !== 'public');
const permitted = guarded.filter(([, { access }]) => access !== 'session');
const withBody = routes.filter(([, { body }]) => body !== undefined);
const withIds = routes.filter(([, { path }]) => path.includes('/:id'));
const changing = routes.filter(([, { method }]) => method !== 'get');

let api: ApiUnderTest;
let administrator: Visitor;

/** What a route to one thing has to be told before it looks for the thing. */
const BODIES: Partial<Record<string, object>> = {
  'delete /recordings/:id': { reason: 'test' },
  'post /block-rules/:id/withdraw': { reason: 'test' },
  'post /recordings/:id/evidence': { reason: 'test' },
  'post /calls/:id/warnings': { kind: 'final' },
  'post /calls/:id/transfer': { to: 'p201' },
  'post /calls/:id/pick-up': { phone: 'p201' },
  'post /calls/:id/supervision': { phone: 'p201', mode: 'listen' },
  'put /exports/:id/passphrase': { passphrase: 'kawa no nagare' },
};
const bodyFor = ({ method, path, body }: DeclaredRoute) => (body ? { body: BODIES[`${method} ${path}`] ?? {} } : {});

/** Other parameters are numbers of versions; there is none so high. */
const pathOf = ({ path }: DeclaredRoute, id: string = randomUUID()) =>
  `/api/v1${path.replace(/:id\b/, id).replace(/:\w+/g, '999999999')}`;
const call = (visitor: Visitor, route: DeclaredRoute, id?: string) =>
  visitor.ask(route.method.toUpperCase(), pathOf(route, id), bodyFor(route));
const grant = (permissions: readonly Permission[]) => {
  api.http.application.get(Grants, { strict: false }).permissionsOf = () => new Set(permissions);
};
const expectFailure = (
  answer: { status: number; as: (schema: typeof Failure) => Failure },
  status: number,
  errorId: string,
) => {
  expect([answer.status, answer.as(Failure).errorId]).toEqual([status, errorId]);
};

beforeAll(async () => {
  api = await ApiUnderTest.start();
  administrator = await api.administrator();
});
beforeEach(async () => {
  grant(PERMISSIONS);
  await api.database.dataSource.query('UPDATE users SET must_change_password = false');
  // Some routes end the session.
  if ((await administrator.ask('GET', '/api/v1/session')).status !== 200) administrator = await api.administrator();
});
afterAll(() => api.stop());

describe('every guarded route', () => {
  it.each(guarded)('%s turns strangers away', async (_, route) => {
    expectFailure(await call(api.visitor(), route), 401, 'not-logged-in');
  });

  it.each(guarded)('%s turns a made-up token away', async (_, route) => {
    const visitor = api.visitor();
    visitor.cookie = `__Host-denwaban=${randomBytes(32).toString('base64url')}`;
    expectFailure(await call(visitor, route), 401, 'not-logged-in');
  });

  it.each(permitted)('%s turns away who lacks its permission, and writes that down', async (_, route) => {
    grant(PERMISSIONS.filter((permission) => permission !== route.access));
    const answer = await call(administrator, route);
    expectFailure(answer, route.params ? 404 : 403, route.params ? 'not-found' : 'not-allowed');
    const refusals = await api.audited('access.refused');
    expect(refusals.at(-1)).toMatchObject({
      detail: { reason: 'not-allowed', route: `${route.method} ${route.path}` },
      remote_address: '127.0.0.1',
    });
  });

  it.each(permitted)('%s turns away who must change their password first', async (_, route) => {
    await api.database.dataSource.query('UPDATE users SET must_change_password = true');
    expectFailure(await call(administrator, route), 403, 'password-change-required');
  });

  it.each(permitted)('%s lets in who has exactly its permission', async (_, route) => {
    grant([route.access]);
    const response = await administrator.open(
      route.method.toUpperCase(),
      pathOf(route),
      route.body ? { body: [] } : {},
    );
    response.destroy();
    expect([401, 403, 500, 503]).not.toContain(response.statusCode);
  });
});

describe('a route to one thing', () => {
  it.each(withIds)('%s answers alike for what is not there and for what is not allowed', async (_, route) => {
    const there = aCall();
    await fileCalls(api.database.dataSource, [there]);
    const missing = await call(administrator, route);
    grant([]);
    const hidden = await call(administrator, route, there.id);
    const told = ({ errorId, message, details }: Failure) => ({ errorId, message, details });
    expect(hidden.status).toBe(missing.status);
    expect(told(hidden.as(Failure))).toEqual(told(missing.as(Failure)));
  });

  it.each(withIds)('%s names a malformed id', async (_, route) => {
    const strange = ['1', 'null', '%27%3B--', '..%2F..%2Fetc', randomUUID().slice(1), `${randomUUID()}0`];
    // Parts of the configuration have names for ids, which `1` may be.
    const malformed = strange.filter((id) => !route.params?.safeParse({ id: decodeURIComponent(id) }).success);
    expect(malformed).toEqual(expect.arrayContaining(['%27%3B--', '..%2F..%2Fetc']));
    for (const id of malformed) {
      const answer = await call(administrator, route, id);
      expectFailure(answer, 400, 'invalid-input');
      expect(answer.as(Failure).details).toMatchObject([{ path: '/id' }]);
    }
  });
});

describe('every route with a body', () => {
  const send = (route: DeclaredRoute, body: unknown, headers: Record<string, string> = {}) =>
    administrator.ask(route.method.toUpperCase(), pathOf(route), { body, headers });

  it.each(withBody)('%s refuses what is not JSON', async (_, route) => {
    for (const body of ['{', '{"a":}', 'a=b', 'null', '"text"', '1']) {
      expectFailure(await send(route, body), 400, 'malformed-json');
    }
  });

  it.each(withBody)('%s refuses another shape and says where', async (_, route) => {
    for (const body of ['[]', '{"surprise":true}', '{"__proto__":{"login":"admin"}}', '{"constructor":1}']) {
      const answer = await send(route, body);
      expectFailure(answer, 400, 'invalid-input');
      expect(answer.as(Failure).details).not.toEqual([]);
    }
  });

  it.each(withBody)('%s refuses other kinds of content', async (_, route) => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      expectFailure(await send(route, '{}', { 'content-type': type }), 415, 'unsupported-media-type');
    }
  });

  it.each(withBody)('%s refuses a body beyond its limit', async (_, route) => {
    const megabytes = ['/configuration', '/routing/simulate'].includes(route.path) ? 5.1 : 1.1;
    expectFailure(await send(route, { filler: 'x'.repeat(megabytes * 1024 * 1024) }), 413, 'body-too-large');
  });
});

describe('every route that changes something', () => {
  it.each(changing)('%s does nothing for another site', async (_, route) => {
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
    ];
    for (const headers of foreign) {
      const asking = { headers, ...(route.body && { body: ADMIN }) };
      expectFailure(await administrator.ask(route.method.toUpperCase(), pathOf(route), asking), 403, 'cross-origin');
    }
    expect((await administrator.ask('GET', '/api/v1/session')).status).toBe(200);
  });
});

describe('every answer', () => {
  it.each(routes)('%s is stored nowhere, framed nowhere and not sniffed', async (_, route) => {
    const response = await administrator.open(
      route.method.toUpperCase(),
      pathOf(route),
      route.body ? { body: {} } : {},
    );
    response.destroy();
    expect(response.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(response.headers).not.toHaveProperty('x-powered-by');
  });

  it.each(routes.filter(([, { response }]) => response !== null && !isStreamed(response)))(
    '%s speaks JSON, failures included',
    async (_, route) => {
      const { headers } = await call(administrator, route);
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
    },
  );

  it('to an unknown address is a failure as any other', async () => {
    expectFailure(await administrator.ask('GET', '/api/v1/nothing'), 404, 'not-found');
    expectFailure(await administrator.ask('PATCH', '/api/v1/session'), 404, 'not-found');
    expectFailure(await administrator.ask('GET', '/api/v1/%E0%A4%A'), 400, 'malformed-json');
  });

  it('carries an id of its own making, whatever the client sends', async () => {
    const answer = await administrator.ask('GET', '/api/v1/nothing', { headers: { 'x-request-id': 'forged\tline' } });
    expect(answer.headers['x-request-id']).toBe(answer.as(Failure).correlationId);
    expect(answer.as(Failure).correlationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('to a header beyond the limit is a refusal, and the next one is served', async () => {
    const { status } = await administrator.ask('GET', '/api/v1/health', {
      headers: { 'x-filler': 'x'.repeat(20_000) },
    });
    expect(status).toBe(431);
    expect((await administrator.ask('GET', '/api/v1/health')).status).toBe(200);
  });
});
