import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { ExportFormat, ExportView } from '../../backend/src/recordings/export/export.schema.ts';
import { homeLayout } from '../../backend/src/platform/settings.ts';
import { ensureHostTools } from '../../provisioning/host-tools.ts';
import { TerminalProgress } from '../../provisioning/progress.ts';
import { eventually } from '../town/waiting.ts';
import { type BenchBox } from './bench-box.ts';
import { type Figure } from './figures.ts';
import { conversation, spoolCall } from './spooled-call.ts';

/** `BENCH_RECORDINGS=50 BENCH_FORMATS=original npm run bench -- export` for a glance. */
const RECORDINGS = Number(process.env.BENCH_RECORDINGS ?? 1000);
const FORMATS = ExportFormat.array().parse((process.env.BENCH_FORMATS ?? 'original,wav,mp3').split(','));
const LENGTH_S = 60;
const SEALING_MS = 3_000_000;

/** From asking for the archive to its last byte, beside copying and zipping the same files of the vault. */
export async function benchExport(bench: BenchBox): Promise<Figure[]> {
  await ensureHostTools([{ needs: 'zip', debianPackage: 'zip' }], new TerminalProgress());
  const pcm = await conversation(bench, LENGTH_S);
  const calls = Array.from({ length: RECORDINGS }, () => spoolCall(bench, pcm));
  calls.forEach(({ end }) => end());
  const callIds = calls.map(({ id }) => id);
  for (const id of callIds) await sealed(bench, id);
  const baseline = copyAndZip(bench);
  const figures: Figure[] = [];
  for (const format of FORMATS) {
    const { seconds, bytes, memory } = await download(bench, { callIds, format });
    figures.push({
      what: `export of ${RECORDINGS} recordings of ${LENGTH_S} s, ${format}`,
      measured: `${pace(seconds, bytes)}; memory of the API ${memory}`,
      baseline: `${pace(baseline.copySeconds, baseline.bytes)}; ${pace(baseline.zipSeconds, baseline.bytes)}`,
      baselineIs: 'cp -r of the vault; zip -0 -r of the copy',
    });
  }
  return figures;
}

const sealed = ({ api }: BenchBox, id: string): Promise<boolean> =>
  eventually(`call ${id} to be sealed`, async () => (await api.callDetail(id)).recording?.state === 'sealed', {
    ...{ withinMs: SEALING_MS, everyMs: 500 },
  });

const pace = (seconds: number, bytes: number): string =>
  `${seconds.toFixed(1)} s for ${(bytes / 1e6).toFixed(0)} MB, ${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;

function copyAndZip({ box }: BenchBox): { copySeconds: number; zipSeconds: number; bytes: number } {
  const copy = join(box.home, 'vault-copy');
  const copySeconds = secondsOf(() => execFileSync('cp', ['-r', homeLayout(box.home).vault, copy]));
  const zipSeconds = secondsOf(() => execFileSync('zip', ['-0', '-q', '-r', `${copy}.zip`, copy]));
  const bytes = statSync(`${copy}.zip`).size;
  rmSync(copy, { recursive: true });
  rmSync(`${copy}.zip`);
  return { copySeconds, zipSeconds, bytes };
}

function secondsOf(act: () => void): number {
  const began = performance.now();
  act();
  return (performance.now() - began) / 1000;
}

interface Downloaded {
  seconds: number;
  bytes: number;
  memory: string;
}

async function download({ api, box }: BenchBox, order: object): Promise<Downloaded> {
  const { id } = await api.json(ExportView, 'POST', '/exports', { ...order, reason: 'benchmark' });
  const before = residentMiB(box.pids.api);
  let [peak, bytes] = [before, 0];
  const timer = setInterval(() => (peak = Math.max(peak, residentMiB(box.pids.api))), 50);
  const began = performance.now();
  await new Promise<void>((done, failed) => {
    const headers = { cookie: api.session };
    get(`${box.url}/api/v1/exports/${id}/archive`, { ca: box.ca, headers }, (answer) => {
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
      answer.on('end', done).on('error', failed);
    }).on('error', failed);
  });
  clearInterval(timer);
  const seconds = (performance.now() - began) / 1000;
  const { progress } = await eventually('the export to be complete', async () => {
    const made = await api.json(ExportView, 'GET', `/exports/${id}`);
    return made.state === 'completed' && made;
  });
  if (progress.missing > 0) throw new Error(`${progress.missing} recordings are missing from the archive`);
  return { seconds, bytes, memory: `${before} MiB before, ${peak} MiB at most` };
}

function residentMiB(pid: number | undefined): number {
  const [, kib = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1024);
}
