import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Session as SessionDto } from '../api/generated/models.ts';
import { idOf } from '../../testing/fixtures.ts';
import { consoleForTests, failureBody } from '../../testing/providers.ts';
import { Session } from './session.ts';

const SESSION = '/api/v1/session';
const standing: SessionDto = {
  user: { id: idOf(1), login: 'yamada', name: '山田 花子' },
  permissions: ['calls.search'],
  mustChangePassword: false,
};

describe('the session', () => {
  let session: Session;
  let http: HttpTestingController;

  beforeEach(() => {
    TestBed.configureTestingModule({ providers: consoleForTests() });
    session = TestBed.inject(Session);
    http = TestBed.inject(HttpTestingController);
  });

  afterEach(() => http.verify());

  it('is asked for once and tells who is here and what they may', async () => {
    const loaded = Promise.all([session.load(), session.load()]);
    http.expectOne(SESSION).flush(standing);
    await loaded;
    expect(session.user()?.name).toBe('山田 花子');
    expect(session.can('calls.search')).toBe(true);
    expect(session.can('health.read')).toBe(false);
  });

  it('of nobody is an answer, not a failure', async () => {
    const loaded = session.load();
    http.expectOne(SESSION).flush(failureBody('not-logged-in'), { status: 401, statusText: 'no' });
    await loaded;
    expect(session.user()).toBeNull();
    expect(session.can('calls.search')).toBe(false);
  });

  it('that could not be asked for is asked for again', async () => {
    const loaded = session.load();
    http.expectOne(SESSION).error(new ProgressEvent('error'));
    await expect(loaded).rejects.toMatchObject({ errorId: 'unreachable' });
    const again = session.load();
    http.expectOne(SESSION).flush(standing);
    await again;
    expect(session.user()).not.toBeNull();
  });

  it('is over for this browser even when logging out fails', async () => {
    const loaded = session.load();
    http.expectOne(SESSION).flush(standing);
    await loaded;
    const left = session.logOut();
    http.expectOne({ method: 'DELETE', url: SESSION }).error(new ProgressEvent('error'));
    await expect(left).rejects.toMatchObject({ errorId: 'unreachable' });
    expect(session.user()).toBeNull();
  });
});
