import { HttpErrorResponse, HttpHeaders } from '@angular/common/http';
import { describe, expect, it } from '@jest/globals';
import { failureBody } from '../../testing/providers.ts';
import { ApiFailure, toApiFailure } from './api-failure.ts';
import { wordsFor } from './failure-words.ts';

const answer = (status: number, error: unknown, headers: Record<string, string> = {}) =>
  toApiFailure(new HttpErrorResponse({ status, error, headers: new HttpHeaders(headers) }));

describe('a failed request', () => {
  it('is told by the API with an id for support', () => {
    const failure = answer(503, failureBody('database-down'));
    expect(failure).toMatchObject({ errorId: 'database-down', status: 503, correlationId: expect.any(String) });
    expect(wordsFor(failure).what).toBe('データベースに接続できません。');
    expect(wordsFor(failure).advice).toContain('通話と録音は続いています');
  });

  it('without an answer is a matter of cables and patience', () => {
    const failure = answer(0, new ProgressEvent('error'));
    expect(failure.errorId).toBe('unreachable');
    expect(wordsFor(failure).advice).toContain('LANケーブル');
  });

  it.each([['<h1>502</h1>'], [null], [{ message: 'no id' }]])(
    'with %p for a body did not come from the API',
    (body) => {
      expect(answer(502, body).errorId).toBe('unreadable');
    },
  );

  it('that this console does not know is told in the words of the API', () => {
    expect(wordsFor(answer(409, failureBody('brand-new'))).what).toBe('the API says brand-new');
  });

  it('for too many attempts says how long to wait, by header or by details', () => {
    expect(wordsFor(answer(429, failureBody('too-many-attempts'), { 'Retry-After': '45' })).advice).toContain('45秒');
    const byDetails = answer(429, failureBody('too-many-attempts', { retryAfterSeconds: 90 }));
    expect(wordsFor(byDetails).advice).toContain('2分');
    expect(wordsFor(answer(429, failureBody('too-many-attempts'))).advice).toContain('しばらく');
  });

  it('for bad input names the field', () => {
    const failure = answer(400, failureBody('invalid-input', [{ path: '/newPassword', message: '短い' }]));
    expect(failure.problemsOf('newPassword')).toEqual([{ path: '/newPassword', message: '短い' }]);
    expect(failure.problemsOf('login')).toEqual([]);
    expect(answer(400, failureBody('invalid-input', 'odd')).problemsOf('login')).toEqual([]);
  });

  it('stays itself, and anything else is a fault of the console', () => {
    const failure = new ApiFailure('x', 'y', 500);
    expect(toApiFailure(failure)).toBe(failure);
    expect(toApiFailure(new TypeError('oops')).errorId).toBe('console-fault');
  });
});
