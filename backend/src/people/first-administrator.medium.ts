import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import { eventually } from '../../../test/medium/api/eventually.ts';
import { FirstAdministrator } from './first-administrator.service.ts';

describe('the first administrator without a password in the settings', () => {
  const send = jest.fn<(report: { type: string; login: string; password: string }) => boolean>(() => true);
  const original = Object.getOwnPropertyDescriptor(process, 'send');
  let api: ApiUnderTest;
  const lastPassword = () => send.mock.calls.at(-1)?.[0].password ?? '';

  beforeAll(async () => {
    process.send = send as never;
    api = await ApiUnderTest.start(null);
    await eventually(() => send.mock.calls.length > 0);
  });
  afterEach(() => api.database.dataSource.query('DELETE FROM log_in_attempts'));
  afterAll(async () => {
    if (original) Object.defineProperty(process, 'send', original);
    else delete process.send;
    await api.stop();
  });

  const startAgain = () => api.http.application.get(FirstAdministrator, { strict: false }).ensure();

  it('is told a one-time password through the starter', async () => {
    expect(send.mock.calls).toEqual([[{ type: 'first-login', login: 'admin', password: expect.any(String) }]]);
    expect(lastPassword()).toMatch(/^([2-9a-hjkmnp-z]{4}-){3}[2-9a-hjkmnp-z]{4}$/);
    expect((await api.visitor().logIn('admin', lastPassword())).json()).toMatchObject({ mustChangePassword: true });
  });

  it('gets a new one at the next start, and the old one is worth nothing', async () => {
    const before = lastPassword();
    await startAgain();
    expect(lastPassword()).not.toBe(before);
    expect((await api.visitor().logIn('admin', before)).status).toBe(401);
    expect((await api.visitor().logIn('admin', lastPassword())).status).toBe(200);
  });

  it('may do nothing but change it, and then is told no more', async () => {
    const visitor = api.visitor();
    await visitor.logIn('admin', lastPassword());
    expect((await visitor.ask('GET', '/api/v1/calls/live')).status).toBe(403);
    const body = { currentPassword: lastPassword(), newPassword: 'asagao-to-kaze-no-oto' };
    expect((await visitor.ask('PUT', '/api/v1/session/password', { body })).json()).toMatchObject({
      mustChangePassword: false,
    });
    expect((await visitor.ask('GET', '/api/v1/calls/live')).status).toBe(200);
    const told = send.mock.calls.length;
    await startAgain();
    expect(send.mock.calls).toHaveLength(told);
    expect((await visitor.ask('GET', '/api/v1/session')).status).toBe(200);
  });
});
