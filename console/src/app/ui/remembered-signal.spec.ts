import { TestBed } from '@angular/core/testing';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { rememberedSignal } from './remembered-signal.ts';

const KEY = 'denwaban.test';
const make = () => TestBed.runInInjectionContext(() => rememberedSignal(KEY, 'a', ['a', 'b']));

describe('a remembered signal', () => {
  afterEach(() => {
    localStorage.clear();
    jest.restoreAllMocks();
  });

  it('keeps a choice, and no default', () => {
    const first = make();
    TestBed.tick();
    expect(localStorage.getItem(KEY)).toBeNull();
    first.set('b');
    TestBed.tick();
    expect(make()()).toBe('b');
  });

  it('does not believe what it would not have kept', () => {
    localStorage.setItem(KEY, 'z');
    expect(make()()).toBe('a');
  });

  it('works for the page where nothing can be kept', () => {
    jest.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new Error('no storage');
    });
    jest.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new Error('no storage');
    });
    const remembered = make();
    remembered.set('b');
    expect(() => TestBed.tick()).not.toThrow();
    expect(remembered()).toBe('b');
  });
});
