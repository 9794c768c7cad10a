import { request } from 'node:https';
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { removeTree } from '../../provisioning/runtime/build-root.ts';
import { startOf } from '../../provisioning/supervision/running-processes.ts';
import { BoxDidNotStart, startBox, type RunningBox } from '../box.ts';

const BACKEND = ['telephony', 'api', 'worker'];
const PARTS = ['postgres', 'asterisk', ...BACKEND];

/** Asks as an office's PC would: trusting the box's own authority and nothing else. */
function health(box: RunningBox): Promise<string> {
  return new Promise((done, fail) => {
    request(`${box.url}/api/v1/health`, { ca: box.ca, servername: 'localhost' }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => done((JSON.parse(body) as { status: string }).status));
    })
      .on('error', fail)
      .end();
  });
}

async function healthy(box: RunningBox): Promise<void> {
  let last = '';
  for (const until = performance.now() + 40_000; performance.now() < until;) {
    last = await health(box).catch((error: unknown) => String(error));
    if (last === 'ok') return;
    await new Promise((wait) => setTimeout(wait, 100));
  }
  throw new Error(`the box is not healthy but ${last}\n${box.logs}`);
}

const refusal = async (settings: Parameters<typeof startBox>[0]): Promise<BoxDidNotStart> => {
  try {
    await (await startBox(settings)).stop();
  } catch (error) {
    if (error instanceof BoxDidNotStart) return error;
    throw error;
  }
  throw new Error('the box started');
};

function killHard(pid: number | undefined): void {
  try {
    if (pid) process.kill(pid, 'SIGKILL');
  } catch {
    // gone already
  }
}

describe('a box', () => {
  let box: RunningBox;

  beforeAll(async () => {
    box = await startBox();
  });

  afterAll(async () => {
    await box.stop();
  });

  it('runs all its parts and says over HTTPS that it is well', async () => {
    expect(Object.keys(box.pids).sort()).toEqual(['starter', ...PARTS].sort());
    await healthy(box);
  });

  it.each(PARTS)('starts %s again after kill -9, says so, and is well again', async (name) => {
    const before = box.pids[name];
    box.kill(name, 'SIGKILL');
    await box.restarted(name, before);
    expect(box.logs).toContain(`${name} ended after`);
    await healthy(box);
  });

  it('leaves the others running when a process of the backend dies', async () => {
    const before = box.pids;
    box.kill('api', 'SIGKILL');
    await box.restarted('api', before.api);
    const { postgres, asterisk, telephony, worker } = box.pids;
    expect({ postgres, asterisk, telephony, worker }).toEqual({
      postgres: before.postgres,
      asterisk: before.asterisk,
      telephony: before.telephony,
      worker: before.worker,
    });
    await healthy(box);
  });

  it('refuses its home to a second starter and names the first one’s pid', async () => {
    const refused = await refusal({ DENWABAN_HOME: box.home });
    expect(refused.exitCode).toBe(1);
    expect(refused.message).toContain(
      `DENWABAN_HOME: ${box.home} is in use by the box with pid ${box.pids.starter ?? ''}`,
    );
  });

  it('refuses taken ports and names each with its setting', async () => {
    const { DENWABAN_HTTPS_PORT = '', DENWABAN_SIP_PORT = '' } = box.environment;
    const refused = await refusal({ DENWABAN_HTTPS_PORT, DENWABAN_SIP_PORT });
    expect(refused.exitCode).toBe(1);
    expect(refused.message).toMatch(new RegExp(`DENWABAN_HTTPS_PORT: port ${DENWABAN_HTTPS_PORT} .* is taken`));
    expect(refused.message).toMatch(new RegExp(`DENWABAN_SIP_PORT: port ${DENWABAN_SIP_PORT} .* is taken`));
  });

  it('runs beside another one', async () => {
    const other = await startBox();
    try {
      await Promise.all([healthy(box), healthy(other)]);
      const own = new Set(Object.values(box.pids));
      expect(Object.values(other.pids).filter((pid) => own.has(pid))).toEqual([]);
    } finally {
      await other.stop();
    }
    await healthy(box);
  });
});

describe('a home', () => {
  const homes: string[] = [];
  const newHome = (...below: string[]): string => {
    const folder = mkdtempSync(resolve(tmpdir(), 'denwaban-home-'));
    homes.push(folder);
    return resolve(folder, ...below);
  };

  afterEach(async () => {
    for (const home of homes.splice(0)) await removeTree(home);
  });

  it('is left in order within 10 s of SIGTERM, and taken up again as it was', async () => {
    const home = newHome('box');
    const box = await startBox({ DENWABAN_HOME: home });
    await healthy(box);
    const { ca, environment } = box;
    const pids = Object.values(box.pids);
    const { exitCode, tookMs } = await box.stop();
    expect(exitCode).toBe(0);
    expect(tookMs).toBeLessThan(10_000);
    expect(pids.filter((pid) => startOf(pid ?? 0) !== null)).toEqual([]);
    const again = await startBox({ ...environment, DENWABAN_HOME: home });
    await healthy(again);
    expect(again.ca).toBe(ca);
    await again.stop();
  });

  it('survives kill -9 of the starter: nothing is left running, and the next start cleans up', async () => {
    const home = newHome('box');
    const box = await startBox({ DENWABAN_HOME: home });
    const children = PARTS.map((name) => box.pids[name] ?? 0);
    box.kill('starter', 'SIGKILL');
    const again = await startBox({ ...box.environment, DENWABAN_HOME: home });
    expect(children.filter((pid) => startOf(pid) !== null)).toEqual([]);
    await healthy(again);
    await again.stop();
  });

  it('survives kill -9 of everything at once', async () => {
    const home = newHome('box');
    const box = await startBox({ DENWABAN_HOME: home });
    // The first to die take others with them, hence all pids beforehand.
    for (const pid of Object.values(box.pids)) killHard(pid);
    const again = await startBox({ ...box.environment, DENWABAN_HOME: home });
    await healthy(again);
    await again.stop();
  });

  it('may have a path too long for a socket, and leaves nothing of it behind', async () => {
    const sockets = () => readdirSync(tmpdir()).filter((name) => /^denwaban-[A-Za-z0-9]{6}$/.test(name));
    const before = sockets();
    const home = newHome(...Array.from({ length: 8 }, () => 'a-very-long-name-of-a-folder'), 'box');
    mkdirSync(resolve(home, '..'), { recursive: true });
    const box = await startBox({ DENWABAN_HOME: home });
    await healthy(box);
    await box.stop();
    expect(sockets()).toEqual(before);
  });

  it('may have a name with spaces and Japanese in it', async () => {
    const box = await startBox({ DENWABAN_HOME: newHome('電話番 一号機') });
    await healthy(box);
    await box.stop();
  });

  it('that cannot be written is refused', async () => {
    const refused = await refusal({ DENWABAN_HOME: '/proc/denwaban' });
    expect(refused.exitCode).toBe(1);
    expect(refused.message).toContain('DENWABAN_HOME: /proc/denwaban cannot be written');
  });

  it('is not touched when settings are wrong, and each of them is named', async () => {
    const home = newHome('box');
    const refused = await refusal({
      DENWABAN_HOME: home,
      DENWABAN_HTTPS_PORT: '99999',
      DENWABAN_SIP_BIND: 'everywhere',
      DENWABAN_RTP_PORTS: '20000',
      DENWABAN_ADMIN_PASSWORD: 'short',
      DENWABAN_COLOUR: 'blue',
    });
    expect(refused.exitCode).toBe(1);
    for (const name of ['HTTPS_PORT', 'SIP_BIND', 'RTP_PORTS', 'ADMIN_PASSWORD', 'COLOUR'])
      expect(refused.message).toContain(`DENWABAN_${name}: `);
    expect(existsSync(home)).toBe(false);
  });
});
