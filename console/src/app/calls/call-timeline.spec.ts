import { TestBed } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type TimelineEntry } from '../api/generated/models.ts';
import { aCallDetail } from '../../testing/fixtures.ts';
import { consoleForTests } from '../../testing/providers.ts';
import { CallTimeline } from './call-timeline.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 0, 5, 0) + seconds * 1000).toISOString();

describe('the timeline of a call', () => {
  beforeEach(() => {
    TestBed.configureTestingModule({ providers: consoleForTests() });
  });

  async function show(recordingStartedAt: string | null, playableMs: number) {
    const fixture = TestBed.createComponent(CallTimeline);
    const timeline: TimelineEntry[] = [
      { at: at(0), offsetMs: 0, event: 'begin', detail: {} },
      { at: at(18), offsetMs: 18_000, event: 'answered', detail: { phone: 'p201', phoneName: '市民課1' } },
      { at: at(300), offsetMs: 300_000, event: 'end', detail: { by: 'caller' } },
    ];
    fixture.componentRef.setInput('call', aCallDetail(0, { timeline }));
    fixture.componentRef.setInput('recordingStartedAt', recordingStartedAt);
    fixture.componentRef.setInput('playableMs', playableMs);
    await fixture.whenStable();
    const played: number[] = [];
    fixture.componentInstance.playFrom.subscribe((position) => played.push(position));
    return { element: fixture.nativeElement as HTMLElement, played };
  }

  it('plays from a time that lies in the recording, counted from where the recording began', async () => {
    const { element, played } = await show(at(2), 240_000);
    const buttons = [...element.querySelectorAll('button')];
    buttons.forEach((button) => button.click());
    expect(played).toEqual([0, 16_000]);
    expect(buttons[1]?.textContent).toContain('0:18');
  });

  it('offers nothing to play where there is no recording', async () => {
    const { element } = await show(null, 0);
    expect(element.querySelectorAll('button')).toHaveLength(0);
    expect(element.textContent).toContain('市民課1が応答しました');
  });
});
