/// <reference lib="dom" />
import { type Page } from 'playwright-core';

/** What comes out of one side of the audio element while it plays. */
export interface SideHeard {
  /** The strongest frequency, to within 6 Hz. */
  loudestHz: number;
  /** Of the strongest frequency, in dB below full scale. */
  levelDb: number;
  /** Of the frequency asked for, in the same measure. */
  askedDb: number;
}

/**
 * Listens for half a second to what the page's audio element plays.
 * @param asked for each side, a frequency whose level shall be told
 * @returns left, right
 */
export async function listenTo(page: Page, asked: [left: number, right: number]): Promise<[SideHeard, SideHeard]> {
  return await page.evaluate(async (frequencies) => {
    const audio = document.querySelector('audio') as HTMLAudioElement & { captureStream(): MediaStream };
    const context = new AudioContext({ sampleRate: 48_000 });
    await context.resume();
    const splitter = context.createChannelSplitter(2);
    context.createMediaStreamSource(audio.captureStream()).connect(splitter);
    const sides = frequencies.map((_, channel) => {
      const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
      splitter.connect(analyser, channel);
      return analyser;
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const heard = sides.map((analyser, channel) => {
      const levels = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(levels);
      const binHz = context.sampleRate / analyser.fftSize;
      const loudest = levels.reduce((best, level, bin) => (level > (levels[best] ?? -Infinity) ? bin : best), 0);
      const levelAt = (bin: number) => levels[bin] ?? -Infinity;
      const askedDb = levelAt(Math.round((frequencies[channel] ?? 0) / binHz));
      return { loudestHz: loudest * binHz, levelDb: levelAt(loudest), askedDb };
    });
    await context.close();
    return heard as [SideHeard, SideHeard];
  }, asked);
}

export interface Playing {
  positionS: number;
  durationS: number;
  paused: boolean;
}

export async function playing(page: Page): Promise<Playing> {
  return await page.locator('audio').evaluate((audio: HTMLAudioElement) => ({
    positionS: audio.currentTime,
    durationS: audio.duration,
    paused: audio.paused,
  }));
}
