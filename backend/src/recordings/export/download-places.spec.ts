import { beforeEach, describe, expect, it } from '@jest/globals';
import { DownloadPlaces, RESERVED_MS } from './download-places.ts';

let places: DownloadPlaces;
beforeEach(() => {
  places = new DownloadPlaces(2);
});

describe('places for downloads', () => {
  it('are as many as there are, whether kept or taken', () => {
    expect([places.reserve('a', 0), places.take('b', 0)]).toEqual([true, true]);
    expect([places.reserve('c', 0), places.take('c', 0)]).toEqual([false, false]);
    places.leave('b');
    expect(places.take('c', 0)).toBe(true);
  });

  it('that are kept are for the export that asked, and not for ever', () => {
    places.reserve('a', 0);
    places.reserve('b', 0);
    expect([places.take('a', 1), places.take('c', 1)]).toEqual([true, false]);
    expect(places.reserve('b', 1)).toBe(true);
    expect(places.reserve('c', RESERVED_MS)).toBe(false);
    expect(places.reserve('c', RESERVED_MS + 1)).toBe(true);
  });

  it('that are taken stay so however long it takes, once for each export', () => {
    places.take('a', 0);
    expect([places.take('a', 0), places.isUnderWay('a')]).toEqual([false, true]);
    expect(places.reserve('a', 0)).toBe(true);
    places.take('b', 0);
    expect(places.reserve('c', 1e9)).toBe(false);
  });
});
