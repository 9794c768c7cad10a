import { join } from 'node:path';
import { runForBytes } from '../../provisioning/run-command.ts';
import { eventually } from '../town/waiting.ts';
import { type BenchBox } from './bench-box.ts';
import { type Figure, spread } from './figures.ts';
import { conversation, spoolCall } from './spooled-call.ts';

const CALLS = 6;
const LENGTH_S = 300;
/** As the worker encodes. */
const FLAC = [
  ...['--silent', '--force', '--verify', '-5', '--no-padding', '--seekpoint=10s', '--force-raw-format'],
  ...['--endian=little', '--sign=signed', '--bps=16', '--channels=2', '--sample-rate=8000', '-o', '/dev/null', '-'],
];

/**
 * From the last line of the journal, which Asterisk writes when it has closed the recording, until the API gives the
 * audio out. The spool files are put there as Asterisk would leave them after a five-minute conversation.
 */
export async function benchSealing(bench: BenchBox): Promise<Figure[]> {
  const pcm = await conversation(bench, LENGTH_S);
  const playable: number[] = [];
  const flac: number[] = [];
  for (let call = 0; call < CALLS; call++) {
    playable.push(await untilPlayable(bench, pcm));
    const began = performance.now();
    await runForBytes(join(bench.endpoints.toolsDir, 'flac'), FLAC, { input: pcm });
    flac.push(performance.now() - began);
  }
  return [
    {
      what: `hang-up to playable, a call of ${LENGTH_S / 60} minutes, p50 / p95 / p99`,
      measured: `${spread(playable)}, journal ended to audio from the API (target 1000 at p95)`,
      baseline: spread(flac),
      baselineIs: 'flac alone, with the same options, on the same samples',
    },
  ];
}

async function untilPlayable(bench: BenchBox, pcm: Buffer): Promise<number> {
  const { api } = bench;
  const { id, end } = spoolCall(bench, pcm);
  const began = performance.now();
  end();
  return await eventually(
    'the recording to be playable',
    async () => {
      const { recording } = await api.callDetail(id);
      if (recording?.state !== 'sealed') return false;
      await api.audio(recording.id, 'bytes=0-65535');
      return performance.now() - began;
    },
    { withinMs: 30_000, everyMs: 10 },
  );
}
