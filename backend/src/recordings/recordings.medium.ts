import { createHash, randomBytes } from 'node:crypto';
import { readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import { eventually } from '../../../test/medium/api/eventually.ts';
import type { Visitor } from '../../../test/medium/api/visitor.ts';
import { tones } from '../../../test/medium/recordings/audio.ts';
import { recordingKeys, sealingService, spoolCall, unsealed } from '../../../test/medium/recordings/sealing-bench.ts';
import { KeyRing } from './encryption/key-ring.ts';
import { RecordingKeyRepository } from './encryption/recording-key.repository.ts';
import { loadMasterKey } from './encryption/master-key.ts';
import { RecordingEntity } from './recording.entity.ts';
import type { RecordingPeaks } from './recording.schema.ts';

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

const SEALED_CHUNK = 16384 + 16;

/** Does not shrink: a few seconds fill several chunks. */
const noise = (durationMs: number) => randomBytes(durationMs * 32);

let api: ApiUnderTest;
let listener: Visitor;
let recording: RecordingEntity;
let file: Buffer;
let url: string;

async function seal(call: Parameters<typeof spoolCall>[1]): Promise<RecordingEntity> {
  const callId = await spoolCall(api.settings.layout, call);
  await sealingService(api.database.dataSource, api.settings).seal(callId);
  return api.database.dataSource.manager.findOneByOrFail(RecordingEntity, { callId });
}

const fileOf = ({ path }: RecordingEntity) => join(api.settings.layout.vault, path ?? '');

async function fetchAudio(headers: Record<string, string> = {}, from = url, who = listener) {
  const answer = await who.open('GET', from, { headers });
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: Buffer.concat((await answer.toArray()) as Buffer[]),
  };
}

beforeAll(async () => {
  api = await ApiUnderTest.start();
  listener = await api.administrator();
  recording = await seal({ pcm: tones(3000, 440, 1000), lengthMs: 3500, events: [[500, { e: 'accepted' }]] });
  file = await unsealed(api.database.dataSource, api.settings, recording);
  url = `/api/v1/recordings/${recording.id}/audio`;
});

afterAll(() => api.stop());

describe('a recording', () => {
  it('tells what was measured', async () => {
    const answer = await listener.ask('GET', `/api/v1/recordings/${recording.id}`);
    expect(answer.json()).toMatchObject({
      ...{ id: recording.id, callId: recording.callId, state: 'sealed', completeness: 'complete', durationMs: 3500 },
      ...{ leadingSilenceMs: 500, missingMs: 0, hints: [], trouble: null, format: 'flac', sampleRate: 8000 },
      sha256: createHash('sha256').update(file).digest('hex'),
      sizeBytes: file.length,
    });
  });

  it('hints at a side on which nothing was said', async () => {
    const { id } = await seal({ pcm: tones(1000, 440, 0) });
    const answer = await listener.ask('GET', `/api/v1/recordings/${id}`);
    expect(answer.json()).toMatchObject({ completeness: 'complete', hints: ['right-missing'], rightLevelDbfs: null });
  });

  it('has a waveform that shows silence as silence and a tone as a tone', async () => {
    const answer = await listener.ask('GET', `/api/v1/recordings/${recording.id}/peaks`);
    const { perSecond, left, right } = answer.json() as RecordingPeaks;
    expect(perSecond).toBe(50);
    expect(left).toHaveLength(350);
    expect(right).toHaveLength(350);
    expect(Math.max(...left.slice(0, 50).map(Math.abs))).toBe(0);
    expect(left[60]).toBeCloseTo(-8000 / 32768, 1);
    expect(left[61]).toBeCloseTo(8000 / 32768, 1);
  });
});

describe('the audio', () => {
  it('is what was sealed, never kept by a cache', async () => {
    const { status, headers, body } = await fetchAudio();
    expect(status).toBe(200);
    expect(body.equals(file)).toBe(true);
    expect(headers).toMatchObject({
      ...{ 'content-type': 'audio/flac', 'accept-ranges': 'bytes', 'cache-control': 'no-store' },
      'content-length': String(file.length),
    });
  });

  it.each([
    ['bytes=0-99', 0, 99],
    ['bytes=1000-1999', 1000, 1999],
    ['bytes=5000-', 5000, null],
    ['bytes=-300', -300, null],
  ])('%s is that part', async (range, first, last) => {
    const { status, headers, body } = await fetchAudio({ range });
    const from = first < 0 ? file.length + first : first;
    const to = last ?? file.length - 1;
    expect(status).toBe(206);
    expect(headers['content-range']).toBe(`bytes ${from}-${to}/${file.length}`);
    expect(headers['content-length']).toBe(String(to - from + 1));
    expect(body.equals(file.subarray(from, to + 1))).toBe(true);
  });

  it('beyond its end is refused with its size', async () => {
    const { status, headers, body } = await fetchAudio({ range: `bytes=${file.length}-` });
    expect(status).toBe(416);
    expect(headers['content-range']).toBe(`bytes */${file.length}`);
    expect(JSON.parse(body.toString())).toMatchObject({ errorId: 'range-not-satisfiable' });
  });

  it('is whole for a condition that cannot be known to hold', async () => {
    const { status, body } = await fetchAudio({ range: 'bytes=0-9', 'if-range': '"something"' });
    expect([status, body.length]).toEqual([200, file.length]);
  });

  it('can be asked for without being sent', async () => {
    const answer = await listener.ask('HEAD', url, { headers: { range: 'bytes=0-9' } });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-length']).toBe(String(file.length));
    expect(answer.text).toBe('');
  });

  it('survives a listener who leaves in the middle, and lets go of the file', async () => {
    const answer = await listener.open('GET', url);
    answer.destroy();
    await eventually(async () => (await fetchAudio({ range: 'bytes=0-0' })).status === 206);
  });

  it.each([`/api/v1/recordings/${UNKNOWN_ID}/audio`, `/api/v1/recordings/${UNKNOWN_ID}/peaks`])(
    'of an unknown recording is not found: %s',
    async (unknown) => {
      const answer = await listener.ask('GET', unknown);
      expect([answer.status, answer.json().errorId]).toEqual([404, 'not-found']);
    },
  );

  it('of a call without a recording says so, with the reason', async () => {
    const none = await seal({ pcm: null, recorder: false });
    const answer = await listener.ask('GET', `/api/v1/recordings/${none.id}/audio`);
    expect(answer.status).toBe(409);
    expect(answer.json()).toMatchObject({
      errorId: 'recording-not-playable',
      details: { state: 'none', reason: 'not-recorded' },
    });
  });

  it('that is missing from the vault is told as such and marked, and plays again once the file is back', async () => {
    const lost = await seal({ pcm: tones(500, 440, 1000) });
    const from = `/api/v1/recordings/${lost.id}/audio`;
    await rename(fileOf(lost), `${fileOf(lost)}.away`);
    const answer = await listener.ask('GET', from);
    expect([answer.status, answer.json().errorId]).toEqual([410, 'recording-file-missing']);
    const detail = await listener.ask('GET', `/api/v1/recordings/${lost.id}`);
    expect(detail.json()).toMatchObject({ state: 'sealed', trouble: 'vault-file-damaged' });
    await rename(`${fileOf(lost)}.away`, fileOf(lost));
    expect((await fetchAudio({}, from)).status).toBe(200);
  });
});

describe('a sealed file that is not what it was', () => {
  const audioUrl = ({ id }: RecordingEntity) => `/api/v1/recordings/${id}/audio`;
  const longer = () => seal({ pcm: noise(3000) });
  const troubleOf = async ({ id }: RecordingEntity) =>
    (await listener.ask('GET', `/api/v1/recordings/${id}`)).json() as { trouble: string | null };

  async function expectUnreadable(row: RecordingEntity, problem: string, chunk: number | null, range = 'bytes=0-') {
    const answer = await listener.ask('GET', audioUrl(row), { headers: { range } });
    expect(answer.status).toBe(500);
    const { errorId, details } = answer.json() as { errorId: string; details: object };
    expect(errorId).toBe('recording-unreadable');
    expect(details).toMatchObject({ recordingId: row.id, problem, chunk });
    expect(await troubleOf(row)).toMatchObject({ state: 'sealed', trouble: 'vault-file-damaged' });
  }

  async function flip(row: RecordingEntity, at: number): Promise<() => Promise<void>> {
    const bytes = await readFile(fileOf(row));
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    await writeFile(fileOf(row), bytes);
    return async () => {
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      await writeFile(fileOf(row), bytes);
    };
  }

  it('is refused for one bit in its header, its last chunk or the chunk where playing begins', async () => {
    const row = await longer();
    const size = (await readFile(fileOf(row))).length;
    const last = Math.floor((size - 56) / SEALED_CHUNK);
    expect(last).toBeGreaterThanOrEqual(3);
    const cases: [number, string, number | null, string][] = [
      [0, 'recording-wrong-key', null, 'bytes=0-'],
      [55, 'recording-wrong-key', null, 'bytes=20000-'],
      [size - 1, 'recording-altered', last, 'bytes=0-'],
      [56 + SEALED_CHUNK * last, 'recording-altered', last, 'bytes=0-9'],
      [56, 'recording-altered', 0, 'bytes=0-'],
      [56 + SEALED_CHUNK + 5, 'recording-altered', 1, 'bytes=20000-20010'],
    ];
    for (const [at, problem, chunk, range] of cases) {
      const mend = await flip(row, at);
      await expectUnreadable(row, problem, chunk, range);
      await mend();
      expect((await fetchAudio({}, audioUrl(row))).status).toBe(200);
    }
  });

  it('breaks off before the first altered byte when that lies further on, and is told', async () => {
    const row = await longer();
    const whole = await unsealed(api.database.dataSource, api.settings, row);
    await flip(row, 56 + SEALED_CHUNK * 2 + 100);
    const answer = await listener.open('GET', audioUrl(row), {});
    const received: Buffer[] = [];
    const reading = (async () => {
      for await (const part of answer) received.push(part as Buffer);
    })();
    await expect(reading).rejects.toThrow();
    const heard = Buffer.concat(received);
    expect(heard.equals(whole.subarray(0, heard.length))).toBe(true);
    expect(heard.length).toBeLessThanOrEqual(2 * 16384);
    await eventually(async () => (await troubleOf(row)).trouble === 'vault-file-damaged');
    const before = await fetchAudio({ range: 'bytes=0-99' }, audioUrl(row));
    expect(before.body.equals(whole.subarray(0, 100))).toBe(true);
  });

  it('is refused when it is cut, even at the end of a chunk', async () => {
    const row = await longer();
    await truncate(fileOf(row), 56 + SEALED_CHUNK * 2);
    await expectUnreadable(row, 'recording-truncated', 2);
    await truncate(fileOf(row), 56 + SEALED_CHUNK * 2 - 200);
    await expectUnreadable(row, 'recording-altered', 1);
    await truncate(fileOf(row), 20);
    await expectUnreadable(row, 'recording-truncated', null);
  });

  it('is refused in the place of another', async () => {
    const [one, other] = [await seal({ pcm: tones(500, 440, 1000) }), await seal({ pcm: tones(500, 440, 1000) })];
    const whole = await unsealed(api.database.dataSource, api.settings, one);
    await rename(fileOf(one), `${fileOf(one)}.away`);
    await rename(fileOf(other), fileOf(one));
    await rename(`${fileOf(one)}.away`, fileOf(other));
    await expectUnreadable(one, 'recording-wrong-key', null);
    await expectUnreadable(other, 'recording-wrong-key', null);
    await rename(fileOf(one), `${fileOf(one)}.away`);
    await rename(fileOf(other), fileOf(one));
    expect((await fetchAudio({}, audioUrl(one))).body.equals(whole)).toBe(true);
  });
});

describe('without its key', () => {
  it('a recording is gone for good once the key has been destroyed, file or no file', async () => {
    const row = await seal({ pcm: tones(500, 440, 1000) });
    const store = new RecordingKeyRepository(api.database.dataSource);
    const ring = new KeyRing(await loadMasterKey(api.settings.masterKeyPlaces), store);
    await ring.destroyRecordingKey(row.id);
    const answer = await listener.ask('GET', `/api/v1/recordings/${row.id}/audio`);
    expect([answer.status, answer.json().errorId]).toEqual([410, 'recording-key-gone']);
    await expect(recordingKeys(api.database.dataSource, api.settings).find(row.id)).rejects.toThrow();
  });

  it('a recording waits for a master key that is not there, and plays again without a restart', async () => {
    const path = join(api.settings.layout.secrets, 'master-key');
    const kept = await readFile(path);
    await rm(path);
    const answer = await listener.ask('GET', url);
    await writeFile(path, kept, { mode: 0o600 });
    expect([answer.status, answer.json().errorId]).toEqual([503, 'master-key-unusable']);
    expect((await fetchAudio()).body.equals(file)).toBe(true);
  });
});

describe('listening', () => {
  it('needs a log-in, whatever is asked for', async () => {
    for (const part of ['', '/audio', '/peaks']) {
      const answer = await api.visitor().ask('GET', `/api/v1/recordings/${recording.id}${part}`);
      expect(answer.status).toBe(401);
    }
  });

  it('leaves one trace a play, however many ranges the player asks for', async () => {
    const { id, callId } = await seal({ pcm: tones(500, 440, 1000) });
    const from = `/api/v1/recordings/${id}/audio`;
    for (const range of ['bytes=0-', 'bytes=700-799', 'bytes=0-99']) await fetchAudio({ range }, from);
    const traces = (await api.audited('recording.play')).filter(({ subject }) => subject === id);
    expect(traces).toHaveLength(1);
    expect(traces[0]).toMatchObject({ detail: { callId, hearing: 'stereo', firstByte: 0 } });
    expect(traces[0]?.user_id).toEqual(expect.any(String));
  });

  it('does not begin by asking for the size or the waveform', async () => {
    const { id } = await seal({ pcm: tones(500, 440, 1000) });
    await listener.ask('HEAD', `/api/v1/recordings/${id}/audio`);
    await listener.ask('GET', `/api/v1/recordings/${id}/peaks`);
    expect((await api.audited('recording.play')).filter(({ subject }) => subject === id)).toEqual([]);
  });

  it('is refused when no trace of it can be left', async () => {
    const { id } = await seal({ pcm: tones(500, 440, 1000) });
    await api.database.dataSource.query(
      `CREATE TRIGGER refuse_insert BEFORE INSERT ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
    );
    const refused = await fetchAudio({}, `/api/v1/recordings/${id}/audio`);
    await api.database.dataSource.query('DROP TRIGGER refuse_insert ON audit_events');
    expect(refused.status).toBe(500);
    expect((await fetchAudio({}, `/api/v1/recordings/${id}/audio`)).status).toBe(200);
    expect((await api.audited('recording.play')).filter(({ subject }) => subject === id)).toHaveLength(1);
  });
});
