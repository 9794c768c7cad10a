import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { oneAtATime } from './one-at-a-time.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(resolve(tmpdir(), 'denwaban-work-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const nobodyWaits = () => {
  throw new Error('nobody else is at it');
};

describe('work on one folder', () => {
  it('is done by one after the other, and who waits is told', async () => {
    const order: string[] = [];
    const first = Promise.withResolvers<undefined>();
    const work = oneAtATime(folder, nobodyWaits, () => first.promise.then(() => order.push('first')));
    const waiting = Promise.withResolvers<undefined>();
    const next = oneAtATime(
      folder,
      () => waiting.resolve(undefined),
      () => Promise.resolve(order.push('second')),
    );
    await waiting.promise;
    expect(order).toEqual([]);
    first.resolve(undefined);
    await Promise.all([work, next]);
    expect(order).toEqual(['first', 'second']);
  });

  it('that failed is free for the next', async () => {
    await expect(oneAtATime(folder, nobodyWaits, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(oneAtATime(folder, nobodyWaits, () => Promise.resolve(1))).resolves.toBe(1);
  });
});
