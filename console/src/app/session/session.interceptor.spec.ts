import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Api } from '../api/generated/api.ts';
import { searchCalls } from '../api/generated/functions.ts';
import { consoleForTests, failureBody } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { SessionRenewal } from './session-renewal.ts';

const SEARCH = '/api/v1/calls/search';
const REFUSED = { status: 401, statusText: 'Unauthorized' };

describe('a request in a session that has ended', () => {
  let http: HttpTestingController;
  const ask = jest.fn<() => Promise<boolean>>();
  const search = () => TestBed.inject(Api).invoke(searchCalls, { body: { number: '0901234' } });

  beforeEach(() => {
    ask.mockReset();
    TestBed.configureTestingModule({
      providers: [...consoleForTests(), { provide: SessionRenewal, useValue: { ask } }],
    });
    http = TestBed.inject(HttpTestingController);
  });

  afterEach(() => http.verify());

  it('is sent again, as it was, once the person has logged in', async () => {
    ask.mockResolvedValue(true);
    const answered = search();
    http.expectOne(SEARCH).flush(failureBody('not-logged-in'), REFUSED);
    await settle();
    const again = http.expectOne(SEARCH);
    expect(again.request.body).toEqual({ number: '0901234' });
    again.flush({ calls: [], nextCursor: null });
    await expect(answered).resolves.toEqual({ calls: [], nextCursor: null });
  });

  it('fails when the person does not log in', async () => {
    ask.mockResolvedValue(false);
    const answered = search();
    http.expectOne(SEARCH).flush(failureBody('not-logged-in'), REFUSED);
    await expect(answered).rejects.toMatchObject({ errorId: 'not-logged-in' });
  });

  it('is not what other refusals are', async () => {
    const answered = search();
    http.expectOne(SEARCH).flush(failureBody('not-allowed'), { status: 403, statusText: 'Forbidden' });
    await expect(answered).rejects.toMatchObject({ errorId: 'not-allowed' });
    expect(ask).not.toHaveBeenCalled();
  });
});
