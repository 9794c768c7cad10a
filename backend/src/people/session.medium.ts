import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN, ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';

describe('a session', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
  });
  afterAll(() => api.stop());

  it('begins with the right password and is carried by a cookie that scripts and neighbours cannot touch', async () => {
    const visitor = api.visitor();
    const answer = await visitor.logIn('Ａｄｍｉｎ', ADMIN.password);
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-denwaban=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/),
    ]);
    expect(answer.json()).toMatchObject({ user: { login: 'admin', name: '管理者' }, mustChangePassword: false });
    expect((await visitor.ask('GET', '/api/v1/session')).status).toBe(200);
  });
});
