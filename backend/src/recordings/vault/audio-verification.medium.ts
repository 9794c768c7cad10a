import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../../../../test/medium/api/api-under-test.ts';
import type { Visitor } from '../../../../test/medium/api/visitor.ts';
import { tones } from '../../../../test/medium/recordings/audio.ts';
import { sealingService, spoolCall } from '../../../../test/medium/recordings/sealing-bench.ts';
import { VerificationLine } from '../../audit/audit.schema.ts';
import { RecordingEntity } from '../recording.entity.ts';

let api: ApiUnderTest;
let officer: Visitor;
let recordings: RecordingEntity[];
let meant: RecordingEntity;

const fileOf = ({ path }: RecordingEntity) => join(api.settings.layout.vault, path ?? '');

async function seal(): Promise<RecordingEntity> {
  const callId = await spoolCall(api.settings.layout, { pcm: tones(2000, 440, 1000) });
  await sealingService(api.database.dataSource, api.settings).seal(callId);
  return api.database.dataSource.manager.findOneByOrFail(RecordingEntity, { callId });
}

async function verify(body: object = { audio: true }): Promise<VerificationLine[]> {
  const { text } = await officer.ask('POST', '/api/v1/audit/verify', { body });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => VerificationLine.parse(JSON.parse(line)));
}

/** What is wrong with audio; that nothing of this is logged yet is not asked here. */
const audioFindings = async () =>
  (await verify()).flatMap((line) => (line.type === 'finding' && line.finding.what === 'audio' ? [line.finding] : []));

beforeAll(async () => {
  api = await ApiUnderTest.start();
  officer = await api.administrator();
  await api.database.dataSource.query('UPDATE users SET must_change_password = false');
  recordings = [await seal(), await seal(), await seal()];
  meant = await seal();
});
afterAll(() => api.stop());

describe('a verification of the audio', () => {
  it('finds nothing in a vault as it was sealed, and says how many it looked at', async () => {
    expect(await audioFindings()).toEqual([]);
    expect((await verify()).at(-1)).toMatchObject({ type: 'end', complete: true, recordings: recordings.length + 1 });
  });

  it('is made only when asked for', async () => {
    expect((await verify({})).at(-1)).toMatchObject({ type: 'end', recordings: null });
  });

  it.each([0, 0.01, 0.5, 0.999])('names the one recording of which one bit was changed, at %d', async (place) => {
    const whole = await readFile(fileOf(meant));
    const changed = Buffer.from(whole);
    const at = Math.floor(whole.length * place);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    await writeFile(fileOf(meant), changed);
    expect(await audioFindings()).toEqual([{ what: 'audio', change: 'changed', recordingId: meant.id }]);
    await writeFile(fileOf(meant), whole);
    expect(await audioFindings()).toEqual([]);
  });

  it('names one whose file stands in the place of another one', async () => {
    const [other] = recordings;
    const whole = await readFile(fileOf(meant));
    if (other) await writeFile(fileOf(meant), await readFile(fileOf(other)));
    expect(await audioFindings()).toEqual([{ what: 'audio', change: 'changed', recordingId: meant.id }]);
    await writeFile(fileOf(meant), whole);
  });

  it('names one whose file, and one whose key is gone', async () => {
    const [fileless, keyless] = [await seal(), await seal()];
    await rm(fileOf(fileless));
    await api.database.tamper('DELETE FROM recording_keys WHERE recording_id = $1', [keyless.id]);
    const found = await audioFindings();
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        { what: 'audio', change: 'removed', recordingId: fileless.id },
        { what: 'audio', change: 'unreadable', recordingId: keyless.id },
      ]),
    );
  });
});
