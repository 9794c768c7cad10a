import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { SeekSlider } from './seek-slider.ts';

describe('the seek slider', () => {
  let fixture: ComponentFixture<SeekSlider>;
  let slider: HTMLElement;
  const seeks: number[] = [];
  const skips: number[] = [];

  beforeEach(async () => {
    seeks.length = skips.length = 0;
    fixture = TestBed.createComponent(SeekSlider);
    fixture.componentRef.setInput('positionMs', 63_000);
    fixture.componentRef.setInput('durationMs', 243_000);
    fixture.componentInstance.seek.subscribe((to) => seeks.push(to));
    fixture.componentInstance.skip.subscribe((by) => skips.push(by));
    slider = fixture.nativeElement as HTMLElement;
    await fixture.whenStable();
  });

  const press = (key: string, init: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', { key, cancelable: true, ...init });
    slider.dispatchEvent(event);
    return event.defaultPrevented;
  };

  it('speaks its position', () => {
    expect(slider.getAttribute('role')).toBe('slider');
    expect(slider.tabIndex).toBe(0);
    expect(slider.getAttribute('aria-label')).toBe('再生位置');
    expect(slider.getAttribute('aria-valuenow')).toBe('63');
    expect(slider.getAttribute('aria-valuemax')).toBe('243');
    expect(slider.getAttribute('aria-valuetext')).toBe('1分3秒(全体4分3秒)');
  });

  it('moves by keys as the authoring practices say', () => {
    for (const key of ['ArrowRight', 'ArrowUp', 'ArrowLeft', 'ArrowDown', 'PageUp', 'PageDown']) {
      expect(press(key)).toBe(true);
    }
    expect(skips).toEqual([5, 5, -5, -5, 30, -30]);
    press('Home');
    press('End');
    expect(seeks).toEqual([0, 243_000]);
  });

  it('leaves other keys and held modifiers alone', () => {
    expect(press('a')).toBe(false);
    expect(press('ArrowLeft', { altKey: true })).toBe(false);
    expect(skips).toEqual([]);
  });

  it('never tells a position beyond the end', async () => {
    fixture.componentRef.setInput('positionMs', 999_000);
    await fixture.whenStable();
    expect(slider.getAttribute('aria-valuenow')).toBe('243');
  });
});
