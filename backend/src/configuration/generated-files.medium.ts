import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Settings } from '../platform/settings.ts';
import { GeneratedFiles } from './generated-files.ts';

const complaint = (about: string) =>
  `[2026-11-22 09:06:11.767] WARNING[24203] config.c: Inheritance requested, but category '${about}' does not exist\n`;
const RELOADED = "[2026-11-22 09:06:11.770] NOTICE[24203] sorcery.c: Type 'system' is not reloadable, maintaining\n";

describe('the log of Asterisk over a reload', () => {
  let folder: string;
  let log: string;
  let files: GeneratedFiles;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'denwaban-log-'));
    log = join(folder, 'messages.log');
    files = new GeneratedFiles({ layout: { asteriskLog: folder } } as Settings);
    await appendFile(log, `${complaint('before')}${RELOADED}`);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is waited for: Asterisk writes it after it has answered', async () => {
    files.logWithinMs = 60_000;
    const logged = await files.watchLog();
    const telling = logged();
    await appendFile(log, `${complaint('meanwhile')}${RELOADED}`);
    expect(await telling).toEqual([expect.stringContaining('meanwhile')]);
  });

  it('is read as it is when it never tells of the reload', async () => {
    files.logWithinMs = 0;
    const logged = await files.watchLog();
    await appendFile(log, complaint('meanwhile'));
    expect(await logged()).toEqual([expect.stringContaining('meanwhile')]);
  });
});
