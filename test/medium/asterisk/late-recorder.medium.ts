import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Place } from '../../town/place.ts';
import { eventually } from '../../town/waiting.ts';
import { setStage } from './stage.ts';

const stage = setStage(await Place.claim(), { phones: [] });
const CALL = randomUUID();

beforeAll(async () => {
  const steps = [
    `Set(DENWABAN_CALL=${CALL})`,
    'Set(MASTER_CHANNEL(DENWABAN_RECORDER)=1)',
    'Gosub(recorder-check,s,1)',
    'Gosub(journal,event,1(end))',
  ];
  for (const [index, step] of steps.entries()) {
    await stage.box.commandLine(`dialplan add extension s,${index + 1},${step} into judging`);
  }
});

describe('the file of a recorder', () => {
  const inSpool = (ending: string) => join(stage.box.settings.layout.spool, `${CALL}.${ending}`);

  /** @returns what the dialplan writes about a call whose recorder has been started */
  async function judged(lateMs: number | null): Promise<string[]> {
    await begin();
    if (lateMs !== null) {
      await delay(lateMs);
      await writeFile(inSpool('raw'), '');
    }
    const lines = await eventually('the recorder to be judged', async () => {
      const text = await readFile(inSpool('jsonl'), 'utf8');
      if (text.includes('"end"')) return text.trimEnd().split('\n');
      throw new Error(text);
    });
    await Promise.all(['jsonl', 'raw'].map((ending) => rm(inSpool(ending), { force: true })));
    return lines.slice(0, -1);
  }

  async function begin(): Promise<void> {
    const { settings } = stage.box;
    const url = `http://127.0.0.1:${settings.endpoints.ariPort}/ari/channels?endpoint=Local/s@judging&extension=s`;
    const authorization = `Basic ${Buffer.from(`denwaban:${settings.secret('ari-password')}`).toString('base64')}`;
    expect((await fetch(url, { method: 'POST', headers: { authorization } })).status).toBe(200);
  }

  it('that comes a moment late is no fault', async () => {
    expect(await judged(50)).toEqual([]);
  });

  it('that does not come is one', async () => {
    expect(await judged(null)).toEqual([expect.stringContaining('"reason":"recorder-failed"')]);
  });
});
