import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/medium/postgres.ts';
import { tones } from '../../../../test/medium/recordings/audio.ts';
import { sealingService, spoolCall, unsealed } from '../../../../test/medium/recordings/sealing-bench.ts';
import { RecordingEntity } from '../recording.entity.ts';
import type { RecordingRules } from '../recording-class.schema.ts';

let database: TestDatabase;

const configure = (document: { recordings: RecordingRules } | string) =>
  writeFile(
    database.settings.layout.lastGoodConfiguration,
    typeof document === 'string' ? document : JSON.stringify(document),
  );

const standardIn = (format: 'flac' | 'opus') =>
  configure({ recordings: { classes: [{ id: 'standard', name: '標準', format }] } });

async function seal(pcm: Buffer): Promise<RecordingEntity> {
  const callId = await spoolCall(database.settings.layout, { pcm });
  await sealingService(database.dataSource, database.settings).seal(callId);
  return database.dataSource.manager.findOneByOrFail(RecordingEntity, { callId });
}

const magicOf = async (row: RecordingEntity) =>
  (await unsealed(database.dataSource, database.settings, row)).toString('latin1', 0, 4);

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

describe('the class of a recording', () => {
  it('says in which format it is sealed, from the next recording on', async () => {
    await standardIn('opus');
    const small = await seal(tones(2500, 440, 1000));
    await standardIn('flac');
    const lossless = await seal(tones(2500, 440, 1000));
    expect(small).toMatchObject({ state: 'sealed', completeness: 'complete', format: 'opus', durationMs: 2500 });
    expect(await magicOf(small)).toBe('OggS');
    expect(lossless).toMatchObject({ state: 'sealed', format: 'flac' });
    expect(await magicOf(lossless)).toBe('fLaC');
  });

  it.each(['{', '{"recordings": {"classes": "all"}}', '{}'])(
    'is lossless where the configuration does not say: %s',
    async (document) => {
      await configure(document);
      expect(await seal(tones(500, 440, 1000))).toMatchObject({ state: 'sealed', format: 'flac' });
    },
  );
});
