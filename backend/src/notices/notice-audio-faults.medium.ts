import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { isRoot } from '../../../provisioning/host-tools.ts';
import { ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import { eventually } from '../../../test/medium/api/eventually.ts';
import type { Visitor } from '../../../test/medium/api/visitor.ts';
import { DatabaseConnector } from '../platform/database-connector.ts';
import { Failure } from '../platform/http/openapi.ts';
import { Logger } from '../platform/logging.ts';
import { wavHeader } from '../recordings/formats/mixed-wav.ts';
import { NoticeAudioKeeper } from './notice-audio-keeper.service.ts';
import { NoticeAudioShelf } from './notice-audio-shelf.service.ts';
import { NoticeAudioRepository } from './notice-audio.repository.ts';
import { NoticeAudio, NoticeAudioList } from './notice-audio.schema.ts';
import { RecordedNotices } from './recorded-notices.service.ts';

const NOTICE_AUDIO = '/api/v1/notice-audio';
const SECONDS = 3;
/** A voice, to a telephone: a tone of 400 Hz, signed 16 bit, 8 kHz. */
const pcm = Buffer.from(
  Int16Array.from({ length: 8000 * SECONDS }, (_, n) => Math.round(8000 * Math.sin((2 * Math.PI * 400 * n) / 8000)))
    .buffer,
);
const wav = Buffer.concat([wavHeader(pcm.length / 2), pcm]);
const logger = new Logger('test', 'silent');

let api: ApiUnderTest;
let visitor: Visitor;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  visitor = await api.administrator();
});
afterAll(() => api.stop());
beforeEach(async () => {
  await api.database.dataSource.query('TRUNCATE notice_audio');
});

const upload = () => visitor.ask('POST', `${NOTICE_AUDIO}/uploads`, { body: wav, headers: { 'sound-name': 'a' } });
const own = async () => {
  const { audio } = (await visitor.ask('GET', NOTICE_AUDIO)).as(NoticeAudioList);
  return audio.filter(({ source }) => source !== 'shipped');
};

/** Gives a folder a disk of its own with so little room. */
async function onSmallDisk(folder: string, work: (moreRoom: () => void) => Promise<void>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder]);
  try {
    await work(() => execFileSync('mount', ['-o', 'remount,size=16m', folder]));
  } finally {
    execFileSync('umount', [folder]);
  }
}

(isRoot() ? describe : describe.skip)('with the disk full (only root can mount a small one)', () => {
  it('a sound that is uploaded is refused for want of room, nothing is left of it, and it is taken once there is room', async () => {
    const folder = join(api.settings.layout.run, 'notice-audio');
    await onSmallDisk(folder, async (moreRoom) => {
      const refused = await upload();
      expect([refused.status, refused.as(Failure).errorId]).toEqual([507, 'sound-room-missing']);
      expect([readdirSync(folder), await own()]).toEqual([[], []]);
      moreRoom();
      expect((await upload()).status).toBe(200);
      expect([readdirSync(folder), (await own()).length]).toEqual([[], 1]);
    });
  });

  it('callers hear a shipped sentence, never half a sound, and the sound itself once there is room', async () => {
    const { id } = (await upload()).as(NoticeAudio);
    const repository = new NoticeAudioRepository(api.database.dataSource);
    const connector = { isReady: true } as DatabaseConnector;
    const keeper = new NoticeAudioKeeper(repository, connector, api.settings, logger);
    const notices = [{ id: 'own', name: '夏の告知', text: '', audio: id }];
    const folder = api.settings.layout.asteriskPrompts;
    await onSmallDisk(folder, async (moreRoom) => {
      writeFileSync(join(folder, 'recording-notice-short.sln'), 'shipped');
      await keeper.bring({ notices });
      expect(keeper.lost).toEqual(['夏の告知']);
      expect(readFileSync(join(folder, `${id}.sln`), 'utf8')).toBe('shipped');
      moreRoom();
      await keeper.bring({ notices });
      expect(keeper.lost).toEqual([]);
      expect(readFileSync(join(folder, `${id}.sln`)).equals((await repository.pcm(id)) ?? Buffer.alloc(0))).toBe(true);
      expect(readdirSync(folder).sort()).toEqual([`${id}.sln`, 'recording-notice-short.sln'].sort());
    });
  });
});

describe('a notice recorded by phone', () => {
  const recorded = (...parts: string[]) => join(api.settings.layout.asteriskRecorded, ...parts);
  const worker = () =>
    new RecordedNotices(api.http.application.get(NoticeAudioShelf, { strict: false }), api.settings, logger);
  const record = (draft: string) => {
    writeFileSync(recorded(`${draft}.sln`), pcm);
    writeFileSync(recorded(`${draft}.done`), '');
  };

  beforeEach(() => {
    rmSync(recorded(), { recursive: true, force: true });
    mkdirSync(recorded(), { recursive: true });
  });

  it('waits for the next time when its database connection is cut while it is stored, and is then there once', async () => {
    record('7-201-1795300000-1');
    const { dataSource } = api.database;
    await dataSource.transaction(async (manager) => {
      await manager.query('LOCK TABLE notice_audio IN SHARE ROW EXCLUSIVE MODE');
      const taking = worker()
        .takeAll()
        .then(
          () => 'taken',
          () => 'not taken',
        );
      await eventually(async () => {
        const cut: unknown[] = await dataSource.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
             AND wait_event_type = 'Lock' AND query LIKE 'LOCK TABLE notice_audio%'`,
        );
        return cut.length > 0;
      });
      expect(await taking).toBe('not taken');
    });
    expect([await own(), readdirSync(recorded()).length]).toEqual([[], 2]);
    await worker().takeAll();
    await worker().takeAll();
    expect((await own()).map(({ recorded: by }) => by?.number)).toEqual([7]);
    expect(readdirSync(recorded())).toEqual(['7-201-1795300000-1.sln']);
  });

  it('waits for the next time when its conversion is killed', async () => {
    record('7-201-1795300000-1');
    const { endpoints } = api.settings;
    const { toolsDir } = endpoints;
    const killed = mkdtempSync(join(tmpdir(), 'denwaban-tools-'));
    writeFileSync(join(killed, 'prlimit'), '#!/bin/sh\nkill -9 $$\n');
    chmodSync(join(killed, 'prlimit'), 0o755);
    endpoints.toolsDir = killed;
    try {
      await expect(worker().takeAll()).rejects.toThrow('SIGKILL');
    } finally {
      endpoints.toolsDir = toolsDir;
      rmSync(killed, { recursive: true });
    }
    expect([await own(), readdirSync(recorded()).length]).toEqual([[], 2]);
    await worker().takeAll();
    expect((await own()).map(({ recorded: by }) => by?.number)).toEqual([7]);
  });

  it('does not wait behind another one that cannot be read', async () => {
    mkdirSync(recorded('1-201-1795300000-1.sln'));
    writeFileSync(recorded('1-201-1795300000-1.done'), '');
    record('2-202-1795300000-2');
    await expect(worker().takeAll()).rejects.toThrow('EISDIR');
    expect((await own()).map(({ recorded: by }) => by?.number)).toEqual([2]);
  });
});
