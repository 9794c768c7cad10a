import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { InvalidInputError } from '../errors.ts';
import type { Permission } from '../permissions.ts';
import { refusalError, refusalOf } from './access.ts';
import { asDenwabanError } from './error.filter.ts';
import { isDatabaseUnreachable } from './database-failure.ts';
import { validate } from './input.ts';
import type { RouteDeclaration } from './route.ts';
import { mayChangeState } from './same-origin.ts';
import type { Who } from './who.ts';

const route = (access: Permission, params?: z.ZodType): RouteDeclaration => ({
  method: 'get',
  path: '/x',
  access,
  summary: '',
  response: null,
  params,
});
const who = (permissions: Permission[], mustChangePassword = false): Who => ({
  userId: 'u',
  login: 'admin',
  name: '管理者',
  permissions: new Set(permissions),
  mustChangePassword,
  sessionHash: Buffer.alloc(32),
});

describe('access', () => {
  it.each([
    ['a stranger to a public route', 'public', null, null],
    ['a stranger to a route for anybody logged in', 'session', null, 'not-logged-in'],
    ['a stranger to a route with a permission', 'calls.search', null, 'not-logged-in'],
    ['somebody without permissions to their session', 'session', who([]), null],
    ['somebody with the permission', 'calls.search', who(['calls.search']), null],
    ['somebody with another permission', 'calls.search', who(['calls.watch']), 'not-allowed'],
    ['a first-timer to their session', 'session', who([], true), null],
    ['a first-timer with the permission', 'calls.search', who(['calls.search'], true), 'password-change-required'],
  ] as const)('of %s', (_, access, person, refusal) => {
    expect(refusalOf(route(access), person)).toBe(refusal);
  });

  it('answers "not allowed" as "not found" where the address names one thing', () => {
    expect(refusalError('not-allowed', route('calls.search', z.object({})))).toMatchObject({ status: 404 });
    expect(refusalError('not-allowed', route('calls.search'))).toMatchObject({ status: 403, errorId: 'not-allowed' });
  });
});

describe('input', () => {
  const schema = z.strictObject({ 'a/b': z.array(z.object({ n: z.int() })), name: z.string().max(3, '長すぎます') });
  const problemsOf = (value: unknown) => {
    try {
      validate(schema, value);
    } catch (error) {
      if (error instanceof InvalidInputError) return error.details;
    }
    return [];
  };

  it('names every wrong place by JSON pointer and says what is wrong in Japanese', () => {
    expect(problemsOf({ 'a/b': [{ n: 1 }, { n: 'x' }], name: 'abcd' })).toEqual([
      { path: '/a~1b/1/n', message: expect.stringMatching(/[ぁ-ん]/) },
      { path: '/name', message: '長すぎます' },
    ]);
  });

  it('refuses what nobody asked for', () => {
    expect(problemsOf({ 'a/b': [], name: '', isAdmin: true })).toHaveLength(1);
  });
});

describe('a request that changes something', () => {
  const from = (part: Partial<Parameters<typeof mayChangeState>[0]>) =>
    mayChangeState({ method: 'POST', host: 'box:8443', origin: undefined, fetchSite: undefined, ...part });

  it.each([
    ['from the console', { origin: 'https://box:8443', fetchSite: 'same-origin' }, true],
    ['from a client that is no browser', {}, true],
    ['from another site', { origin: 'https://evil.example', fetchSite: 'cross-site' }, false],
    ['from another port of the box', { origin: 'https://box:9443', fetchSite: 'same-site' }, false],
    ['from another site, in a browser without Sec-Fetch-Site', { origin: 'https://evil.example' }, false],
    ['from a sandboxed frame', { origin: 'null' }, false],
    ['without encryption', { origin: 'http://box:8443' }, false],
    ['typed into the address bar', { fetchSite: 'none' }, false],
    ['that names no host', { host: undefined, origin: 'https://box:8443' }, false],
  ])('%s', (_, part, allowed) => {
    expect(from(part)).toBe(allowed);
  });

  it('is told from one that only reads', () => {
    expect(from({ method: 'GET', fetchSite: 'cross-site' })).toBe(true);
    expect(from({ method: 'DELETE', fetchSite: 'cross-site' })).toBe(false);
  });
});

describe('failures', () => {
  const withFields = (message: string, fields: object) => Object.assign(new Error(message), fields);

  it.each([
    withFields('connect ENOENT /run/.s.PGSQL.5432', { code: 'ENOENT', syscall: 'connect' }),
    withFields('connect ECONNREFUSED', { code: 'ECONNREFUSED', syscall: 'connect' }),
    withFields('terminating connection due to administrator command', { severity: 'FATAL', code: '57P01' }),
    withFields('the database system is starting up', { severity: 'FATAL', code: '57P03' }),
    withFields('query failed', { driverError: withFields('Connection terminated unexpectedly', {}) }),
    new Error('timeout exceeded when trying to connect'),
    new AggregateError([withFields('', { code: 'ECONNREFUSED', syscall: 'connect' })]),
  ])('of an unreachable database are told as such: %s', (error) => {
    expect(asDenwabanError(error)).toMatchObject({ status: 503, errorId: 'database-down' });
  });

  it.each([
    withFields('duplicate key value', { severity: 'ERROR', code: '23505' }),
    withFields('open ENOENT', { code: 'ENOENT', syscall: 'open' }),
    'a string',
    null,
  ])('of other kinds are not taken for it: %s', (error) => {
    expect(isDatabaseUnreachable(error)).toBe(false);
    expect(asDenwabanError(error)).toMatchObject({ status: 500, errorId: 'unexpected' });
  });

  it('of a statement that took too long are told as such', () => {
    const given = withFields('canceling statement due to statement timeout', { severity: 'ERROR', code: '57014' });
    expect(asDenwabanError(given)).toMatchObject({ status: 503, errorId: 'too-slow' });
  });

  it('of the body parser keep their kind', () => {
    expect(asDenwabanError(withFields('entity too large', { status: 413 }))).toMatchObject({ status: 413 });
    expect(asDenwabanError(withFields('bad json', { status: 400 }))).toMatchObject({ errorId: 'malformed-json' });
  });
});
