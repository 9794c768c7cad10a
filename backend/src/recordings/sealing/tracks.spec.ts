import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PcmMeter, SAMPLE_RATE } from './pcm.ts';
import { findTracks } from './tracks.ts';
import { asStored, fromStored } from './stored-tracks.ts';

/** A sound on a side: from, to, in seconds, and how loud, in dBFS of a sine. */
type Sound = [fromS: number, toS: number, dbfs: number];

/** Two sides of so many seconds, with these sounds and the noise of a line of -70 dBFS. */
function recording(seconds: number, left: Sound[], right: Sound[]): Buffer {
  const pcm = Buffer.alloc(seconds * SAMPLE_RATE * 4);
  [left, right].forEach((sounds, side) => {
    for (let frame = 0; frame < pcm.length / 4; frame++) {
      const at = frame / SAMPLE_RATE;
      const sound = sounds.findLast(([from, to]) => at >= from && at < to);
      const amplitude = 32_768 * Math.SQRT2 * 10 ** ((sound?.[2] ?? -70) / 20);
      const sample = Math.round(amplitude * Math.sin(2 * Math.PI * 400 * at));
      pcm.writeInt16LE(Math.max(-32_124, Math.min(32_124, sample)), frame * 4 + side * 2);
    }
  });
  return pcm;
}

function tracksOf(seconds: number, left: Sound[], right: Sound[]) {
  const meter = new PcmMeter();
  meter.add(recording(seconds, left, right));
  const { windows, durationMs } = meter.finish();
  return findTracks(windows, durationMs);
}

const found = (...recorded: Parameters<typeof tracksOf>) =>
  tracksOf(...recorded).map(({ kind, side, fromMs, toMs }) => `${kind} ${side ?? 'both'} ${fromMs}-${toMs}`);

/** To half a second, for what is measured by the syllable. */
const foundRoughly = (...recorded: Parameters<typeof tracksOf>) =>
  found(...recorded).map((track) => track.replaceAll(/\d+/g, (ms) => String(Math.round(Number(ms) / 500) * 500)));

describe('silence', () => {
  it('is when neither side speaks for three seconds or more, noise of the line or not', () => {
    expect(found(10, [[0, 2, -26]], [[6, 10, -26]])).toEqual(['silence both 2000-6000']);
  });

  it('is not a pause between two sentences', () => {
    expect(found(8, [[0, 3, -26]], [[5, 8, -26]])).toEqual([]);
  });

  it('is not broken by a click', () => {
    expect(
      found(
        8,
        [
          [0, 2, -26],
          [4, 4.02, -26],
        ],
        [[7, 8, -26]],
      ),
    ).toEqual(['silence both 2000-7000']);
  });

  it('is all of a recording in which nobody says anything, up to its very end', () => {
    const meter = new PcmMeter();
    meter.add(Buffer.alloc(4 * 40_001));
    const { windows, durationMs } = meter.finish();
    expect(findTracks(windows, durationMs)).toEqual([{ kind: 'silence', side: null, fromMs: 0, toMs: 5000 }]);
  });

  it('is heard on a noisy line, too', () => {
    expect(
      found(
        10,
        [
          [0, 10, -47],
          [0, 2, -26],
        ],
        [
          [0, 10, -47],
          [6, 10, -26],
        ],
      ),
    ).toEqual(['silence both 2000-6000']);
  });
});

describe('overlap', () => {
  it('is when both speak for a second or more', () => {
    expect(found(6, [[0, 4, -26]], [[2.5, 6, -26]])).toEqual(['overlap both 2500-4000']);
  });

  it('is not a word thrown in', () => {
    expect(found(6, [[0, 6, -26]], [[2, 2.6, -26]])).toEqual([]);
  });

  it('goes on across the short pauses of speech', () => {
    const words: Sound[] = [0, 1, 2, 3].map((second) => [second, second + 0.85, -26]);
    expect(found(4, [[0, 4, -26]], words)).toEqual(['overlap both 0-3860']);
  });
});

describe('loud', () => {
  it('is far above how the same side usually speaks', () => {
    expect(
      foundRoughly(
        10,
        [
          [0, 10, -30],
          [6, 8, -14],
        ],
        [],
      ),
    ).toEqual(['loud left 6000-8000']);
  });

  it('is not a side that is loud throughout', () => {
    expect(found(10, [[0, 10, -12]], [])).toEqual([]);
  });

  it('is not somebody quiet who speaks up', () => {
    expect(
      found(
        10,
        [
          [0, 10, -38],
          [6, 8, -24],
        ],
        [],
      ),
    ).toEqual([]);
  });

  it('is told of the side it is on', () => {
    expect(
      foundRoughly(
        10,
        [[0, 4, -26]],
        [
          [4, 10, -28],
          [8, 9, -10],
        ],
      ),
    ).toEqual(['loud right 8000-9000']);
  });

  it('is not told of a side that said too little to be known', () => {
    expect(found(10, [[0, 10, -26]], [[4, 5, -10]])).toEqual(['overlap both 4000-5000']);
  });
});

describe('clipping', () => {
  it('is where samples stand at the end of what the line can carry', () => {
    expect(
      found(
        6,
        [
          [0, 6, -26],
          [2, 3, 3],
        ],
        [],
      ),
    ).toContain('clipping left 2000-3000');
    expect(
      found(
        6,
        [
          [0, 6, -26],
          [2, 3, -4],
        ],
        [],
      ).join(),
    ).not.toContain('clipping');
  });
});

describe('tracks', () => {
  it('lie within the recording, in order, and never overlap others of their kind and side', () => {
    const sound = fc.tuple(fc.nat(7), fc.integer({ min: 1, max: 4 }), fc.integer({ min: -60, max: 0 }));
    const sounds = fc
      .array(sound, { maxLength: 5 })
      .map((list) => list.map(([from, length, dbfs]): Sound => [from, from + length, dbfs]));
    fc.assert(
      fc.property(sounds, sounds, (left, right) => {
        const ends = new Map<string, number>();
        let before = 0;
        for (const { kind, side, fromMs, toMs } of tracksOf(8, left, right)) {
          expect(fromMs).toBeGreaterThanOrEqual(Math.max(before, ends.get(`${kind} ${side}`) ?? 0));
          expect(toMs).toBeGreaterThan(fromMs);
          expect(toMs).toBeLessThanOrEqual(8000);
          before = fromMs;
          ends.set(`${kind} ${side}`, toMs);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('come back as they were stored', () => {
    const tracks = tracksOf(
      10,
      [[0, 4, -26]],
      [
        [2, 4, -28],
        [8, 10, 3],
      ],
    );
    expect(tracks.length).toBeGreaterThan(2);
    expect(fromStored(asStored(tracks))).toEqual(tracks);
  });
});
