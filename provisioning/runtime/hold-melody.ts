const SAMPLE_RATE = 8000;
const BEAT_SECONDS = 0.75;
/** Quiet enough to talk over in one's own office while waiting; the speech of the announcements is at -20 dBFS. */
const PEAK = 5000;

/** Semitones above C5, one a beat; null = rest. Our own tune, so that nobody has to ask for a licence. */
const TUNE = [0, 4, 7, 4, 9, 7, 4, null, 2, 5, 9, 5, 7, 4, 2, null, 4, 7, 12, 7, 9, 7, 4, null, 2, 4, 2, -1, 0, null];

/** 保留音: a soft bell melody as 16-bit samples at 8 kHz, to be played again and again. */
export function holdMelody(): Int16Array {
  const beat = Math.round(BEAT_SECONDS * SAMPLE_RATE);
  const sum = new Float64Array(TUNE.length * beat);
  TUNE.forEach((semitones, index) => {
    if (semitones !== null) addBell(sum, index * beat, 523.25 * 2 ** (semitones / 12));
  });
  const loudest = sum.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Int16Array.from(sum, (value) => Math.round((value / loudest) * PEAK));
}

/** A tone that dies away over two beats; its octave dies sooner. Both start from silence, without a click. */
function addBell(sum: Float64Array, start: number, hertz: number): void {
  const end = Math.min(sum.length, start + Math.round(2 * BEAT_SECONDS * SAMPLE_RATE));
  for (let index = start; index < end; index += 1) {
    const seconds = (index - start) / SAMPLE_RATE;
    const fade = Math.min(1, seconds / 0.01) * Math.min(1, (end - index) / 400);
    const phase = 2 * Math.PI * hertz * seconds;
    sum[index] =
      (sum[index] ?? 0) +
      fade * (Math.exp(-3 * seconds) * Math.sin(phase) + 0.25 * Math.exp(-6 * seconds) * Math.sin(2 * phase));
  }
}
