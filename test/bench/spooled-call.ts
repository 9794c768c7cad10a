import { randomUUID } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeLayout } from '../../backend/src/platform/settings.ts';
import { runForBytes } from '../../provisioning/run-command.ts';
import { type BenchBox } from './bench-box.ts';

const RATE = 8000;
const RAW = ['-t', 'raw', '-e', 'signed', '-b', '16', '-c', '1', '-r', String(RATE)];

/** A call as Asterisk leaves it in the spool, with all but the end of its journal. */
export interface SpooledCall {
  id: string;
  /** Writes the end, after which it can be sealed. */
  end: () => void;
}

export function spoolCall({ box }: BenchBox, pcm: Buffer): SpooledCall {
  const spool = homeLayout(box.home).spool;
  const id = randomUUID();
  const journal = join(spool, `${id}.jsonl`);
  const wholeMs = pcm.length / 4 / (RATE / 1000);
  const line = (e: string, beforeMs: number, more: Record<string, string> = {}) =>
    `${JSON.stringify({ e, at: ((Date.now() - beforeMs) / 1000).toFixed(3), ...more })}\n`;
  const call = { direction: 'incoming', trunk: 'hikari', line: 'library', dialled: '0312340003' };
  const caller = { number: '0900000333', presentation: 'shown', channel: 'bench' };
  writeFileSync(join(spool, `${id}.raw`), pcm);
  writeFileSync(
    journal,
    line('begin', wholeMs, { ...call, ...caller }) +
      line('recorder', wholeMs) +
      line('accepted', wholeMs) +
      line('answered', wholeMs, { phone: 'p801' }),
  );
  const end = () =>
    appendFileSync(journal, line('left', 0, { phone: 'p801' }) + line('end', 0, { cause: '16', by: 'caller' }));
  return { id, end };
}

/** Two people who speak in turns: one sentence over and over, from either side, the other silent. */
export async function conversation({ endpoints }: BenchBox, lengthS: number): Promise<Buffer> {
  const samples = lengthS * RATE;
  const speech = await runForBytes(join(endpoints.toolsDir, 'espeak-ng'), ['-v', 'ja', '--stdin', '--stdout'], {
    input: 'この つうわわ、ろくおん されます。ごようけんを おはなし ください。すこし おまち ください。',
  });
  const spoken = await runForBytes(
    join(endpoints.toolsDir, 'sox'),
    ['--ignore-length', '-t', 'wav', '-', ...RAW, '-', 'rate', String(RATE)],
    { input: speech },
  );
  const pcm = Buffer.alloc(samples * 4);
  const length = Math.floor(spoken.length / 2);
  for (let sample = 0; sample < samples; sample++) {
    const side = Math.floor(sample / length) % 2;
    pcm.writeInt16LE(spoken.readInt16LE((sample % length) * 2), sample * 4 + side * 2);
  }
  return pcm;
}
