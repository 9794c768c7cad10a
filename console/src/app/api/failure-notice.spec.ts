import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { elementOf } from '../../testing/dom.ts';
import { ApiFailure } from './api-failure.ts';
import { FailureNotice } from './failure-notice.ts';

async function shown(failure: ApiFailure, retryable = false) {
  const fixture = TestBed.createComponent(FailureNotice);
  fixture.componentRef.setInput('failure', failure);
  fixture.componentRef.setInput('retryable', retryable);
  await fixture.whenStable();
  return { element: elementOf(fixture), notice: fixture.componentInstance };
}

describe('the notice of a failure', () => {
  it('shows the id for support where support is needed, and not to whoever mistyped', async () => {
    const outage = await shown(new ApiFailure('unexpected', 'x', 500, 'abc-123'));
    expect(outage.element.textContent).toContain('abc-123');
    const typo = await shown(new ApiFailure('wrong-log-in', 'x', 401, 'abc-123'));
    expect(typo.element.textContent).not.toContain('abc-123');
  });

  it('is spoken at once and offers to try again where that makes sense', async () => {
    const { element, notice } = await shown(new ApiFailure('unreachable', 'x', 0), true);
    let retried = 0;
    notice.retry.subscribe(() => (retried += 1));
    expect(element.querySelector('[role=alert]')).not.toBeNull();
    element.querySelector('button')?.click();
    expect(retried).toBe(1);
    const { element: final } = await shown(new ApiFailure('not-found', 'x', 404));
    expect(final.querySelector('button')).toBeNull();
  });
});
