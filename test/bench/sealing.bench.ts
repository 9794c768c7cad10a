import { randomUUID } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeLayout } from '../../backend/src/platform/settings.ts';
import { runForBytes } from '../../provisioning/run-command.ts';
import { eventually } from '../town/waiting.ts';
import { type BenchBox } from './bench-box.ts';
import { type Figure, spread } from './figures.ts';

const CALLS = 6;
const LENGTH_S = 300;
const SAMPLES = LENGTH_S * 8000;
const RAW = ['-t', 'raw', '-e', 'signed', '-b', '16', '-c', '1', '-r', '8000'];
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
  const pcm = await conversation(bench);
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

async function untilPlayable({ api, box }: BenchBox, pcm: Buffer): Promise<number> {
  const spool = homeLayout(box.home).spool;
  const id = randomUUID();
  const journal = join(spool, `${id}.jsonl`);
  const line = (e: string, beforeMs: number, more: Record<string, string> = {}) =>
    `${JSON.stringify({ e, at: ((Date.now() - beforeMs) / 1000).toFixed(3), ...more })}\n`;
  const call = { direction: 'incoming', trunk: 'hikari', line: 'library', dialled: '0312340003' };
  const caller = { number: '0900000333', presentation: 'shown', channel: 'bench' };
  writeFileSync(join(spool, `${id}.raw`), pcm);
  const wholeMs = LENGTH_S * 1000;
  writeFileSync(
    journal,
    line('begin', wholeMs, { ...call, ...caller }) +
      line('recorder', wholeMs) +
      line('accepted', wholeMs) +
      line('answered', wholeMs, { phone: 'p801' }),
  );
  const began = performance.now();
  appendFileSync(journal, line('left', 0, { phone: 'p801' }) + line('end', 0, { cause: '16', by: 'caller' }));
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

/** Two people who speak in turns: one sentence over and over, from either side, the other silent. */
async function conversation({ endpoints }: BenchBox): Promise<Buffer> {
  const speech = await runForBytes(join(endpoints.toolsDir, 'espeak-ng'), ['-v', 'ja', '--stdin', '--stdout'], {
    input: 'この つうわわ、ろくおん されます。ごようけんを おはなし ください。すこし おまち ください。',
  });
  const spoken = await runForBytes(
    join(endpoints.toolsDir, 'sox'),
    ['--ignore-length', '-t', 'wav', '-', ...RAW, '-', 'rate', '8000'],
    { input: speech },
  );
  const pcm = Buffer.alloc(SAMPLES * 4);
  const length = Math.floor(spoken.length / 2);
  for (let sample = 0; sample < SAMPLES; sample++) {
    const side = Math.floor(sample / length) % 2;
    pcm.writeInt16LE(spoken.readInt16LE((sample % length) * 2), sample * 4 + side * 2);
  }
  return pcm;
}
