import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startOf } from '../../../provisioning/supervision/running-processes.ts';
import { StageHome } from './stage-home.ts';

let folder: string;
const idle = () => spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'denwaban-stages-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As if another process had opened the stage, which has ended since. */
function abandon(home: StageHome): void {
  const file = home.at('processes.json');
  const entries = JSON.parse(readFileSync(file, 'utf8')) as { name: string; startedAt: string }[];
  const abandoned = entries.map((entry) => (entry.name === 'owner' ? { ...entry, startedAt: 'before/1' } : entry));
  writeFileSync(file, JSON.stringify(abandoned));
}

describe('what a killed run leaves', () => {
  it('is ended and removed, and nothing else is', async () => {
    const [left, kept] = [new StageHome(folder), new StageHome(folder)];
    const [orphan, busy] = [idle(), idle()];
    try {
      left.belongs('box', orphan.pid ?? 0);
      kept.belongs('box', busy.pid ?? 0);
      abandon(left);
      const gone = once(orphan, 'exit');
      expect(await StageHome.clearLeftovers(folder)).toEqual([left.path]);
      await gone;
      expect([existsSync(left.path), existsSync(kept.path)]).toEqual([false, true]);
      expect(startOf(busy.pid ?? 0)).not.toBeNull();
    } finally {
      orphan.kill('SIGKILL');
      busy.kill('SIGKILL');
    }
  });

  it('is not a process that has got the same number since', async () => {
    const left = new StageHome(folder);
    const other = idle();
    try {
      left.belongs('box', other.pid ?? 0);
      abandon(left);
      const file = left.at('processes.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace(startOf(other.pid ?? 0) ?? '', 'another/1'));
      await StageHome.clearLeftovers(folder);
      expect(startOf(other.pid ?? 0)).not.toBeNull();
    } finally {
      other.kill('SIGKILL');
    }
  });
});
