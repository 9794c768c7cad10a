import { writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApiUnderTest } from '../../../../test/medium/api/api-under-test.ts';
import { eventually } from '../../../../test/medium/api/eventually.ts';
import type { Visitor } from '../../../../test/medium/api/visitor.ts';
import { amplitudeOf, tones } from '../../../../test/medium/recordings/audio.ts';
import { sealingService, spoolCall } from '../../../../test/medium/recordings/sealing-bench.ts';
import { Logger } from '../../platform/logging.ts';
import { AudioFormat } from '../formats/audio-format.ts';
import { SegmentDecoder } from '../formats/segment-decoder.ts';
import { SoundToolFailedError } from '../formats/sound-tool.ts';
import { RecordingEntity } from '../recording.entity.ts';

const DURATION_MS = 25_300;
const HEADER_BYTES = 44;

let api: ApiUnderTest;
let listener: Visitor;
const pcm = tones(DURATION_MS, 440, 1000);
const recordings: Partial<Record<AudioFormat, RecordingEntity>> = {};

async function seal(format: AudioFormat): Promise<RecordingEntity> {
  const document = { recordings: { classes: [{ id: 'standard', name: '標準', format }] } };
  await writeFile(api.settings.layout.lastGoodConfiguration, JSON.stringify(document));
  const callId = await spoolCall(api.settings.layout, { pcm });
  await sealingService(api.database.dataSource, api.settings).seal(callId);
  return api.database.dataSource.manager.findOneByOrFail(RecordingEntity, { callId });
}

const urlOf = (format: AudioFormat, query = '') => `/api/v1/recordings/${recordings[format]?.id}/audio${query}`;

async function fetchAudio(url: string, headers: Record<string, string> = {}, who = listener) {
  const answer = await who.open('GET', url, { headers });
  return {
    ...{ status: answer.statusCode, headers: answer.headers },
    body: Buffer.concat((await answer.toArray()) as Buffer[]),
  };
}

/** A single channel on both sides, so that it can be looked at like stereo. */
function doubled(mono: Buffer): Buffer {
  const stereo = Buffer.alloc(mono.length * 2);
  for (let at = 0; at < mono.length; at += 2) {
    stereo.writeInt16LE(mono.readInt16LE(at), at * 2);
    stereo.writeInt16LE(mono.readInt16LE(at), at * 2 + 2);
  }
  return stereo;
}

async function traces(action: string, subject: string | undefined) {
  return (await api.audited(action)).filter((event) => event.subject === subject);
}

beforeAll(async () => {
  api = await ApiUnderTest.start();
  listener = await api.administrator();
  for (const format of AudioFormat.options) recordings[format] = await seal(format);
});

afterAll(() => api.stop());

describe.each(AudioFormat.options)('of a %s recording', (format) => {
  it('the sealed file says what it is, and that it is the same one', async () => {
    const { headers } = await fetchAudio(urlOf(format), { range: 'bytes=0-0' });
    expect(headers).toMatchObject({
      'content-type': format === 'flac' ? 'audio/flac' : 'audio/ogg; codecs=opus',
      etag: `"${recordings[format]?.sha256}"`,
      ...{ 'accept-ranges': 'bytes', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  it.each([
    ['?side=left', 440, 1000],
    ['?side=right', 1000, 440],
  ])('%s is that side alone, for its whole length', async (query, heard, absent) => {
    const { status, headers, body } = await fetchAudio(urlOf(format, query));
    expect([status, headers['content-type'], body.length]).toEqual([200, 'audio/wav', HEADER_BYTES + pcm.length / 2]);
    const sound = doubled(body.subarray(HEADER_BYTES));
    expect(amplitudeOf(sound, 'left', heard)).toBeGreaterThan(7500);
    expect(amplitudeOf(sound, 'left', absent)).toBeLessThan(20);
  });

  it('?mix=mono has both sides at half their level', async () => {
    const { body } = await fetchAudio(urlOf(format, '?mix=mono'));
    const sound = doubled(body.subarray(HEADER_BYTES));
    for (const hertz of [440, 1000]) expect(amplitudeOf(sound, 'left', hertz) / 4000).toBeCloseTo(1, 1);
  });

  it('every range of one side is exactly that part of the whole', async () => {
    const url = urlOf(format, '?side=right');
    const { body: whole, headers } = await fetchAudio(url);
    const cases = [
      [0, 43],
      [0, 44],
      [10, 50],
      [44, 45],
      [64_001, 64_002],
      [63_999 + HEADER_BYTES, 64_001 + HEADER_BYTES],
      [150_001, 330_000],
      [whole.length - 1, whole.length - 1],
    ] as const;
    for (const [first, last] of cases) {
      const part = await fetchAudio(url, { range: `bytes=${first}-${last}` });
      expect(part.status).toBe(206);
      expect(part.headers).toMatchObject({
        'content-range': `bytes ${first}-${last}/${whole.length}`,
        'content-length': String(last - first + 1),
        etag: headers.etag,
      });
      expect(part.body.equals(whole.subarray(first, last + 1))).toBe(true);
    }
    const beyond = await fetchAudio(url, { range: `bytes=${whole.length}-` });
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, `bytes */${whole.length}`]);
  });
});

describe('what stands out in a recording', () => {
  it('is told with its times, whatever the format', async () => {
    for (const format of AudioFormat.options) {
      const detail = await listener.ask('GET', `/api/v1/recordings/${recordings[format]?.id}`);
      expect(detail.json()).toMatchObject({
        format,
        tracks: [{ kind: 'overlap', side: null, fromMs: 0, toMs: DURATION_MS }],
      });
    }
  });
});

describe('a request that depends on what was given out before', () => {
  it('gets its range when it is still the same audio, and the whole when it is not', async () => {
    const { headers } = await fetchAudio(urlOf('flac', '?mix=mono'), { range: 'bytes=0-0' });
    const etag = headers.etag ?? '';
    const range = 'bytes=100-199';
    const statusFor = async (url: string, ifRange: string) =>
      (await fetchAudio(url, { range, 'if-range': ifRange })).status;
    expect(await statusFor(urlOf('flac', '?mix=mono'), etag)).toBe(206);
    expect(await statusFor(urlOf('flac', '?side=left'), etag)).toBe(200);
    expect(await statusFor(urlOf('opus', '?mix=mono'), etag)).toBe(200);
    expect(await statusFor(urlOf('flac', '?mix=mono'), `W/${etag}`)).toBe(200);
    expect(await statusFor(urlOf('flac', '?mix=mono'), new Date().toUTCString())).toBe(200);
  });

  it('is told when it has the audio already, and nothing is played for it', async () => {
    const fresh = await seal('flac');
    const url = `/api/v1/recordings/${fresh.id}/audio`;
    const { status, body } = await fetchAudio(url, { 'if-none-match': `"other", "${fresh.sha256}"` });
    expect([status, body.length]).toEqual([304, 0]);
    expect(await traces('recording.play', fresh.id)).toEqual([]);
  });

  it('cannot ask for a side and for the mix of both', async () => {
    const answer = await listener.ask('GET', urlOf('flac', '?side=left&mix=mono'));
    expect([answer.status, answer.json().errorId]).toEqual([400, 'invalid-input']);
    expect((await listener.ask('GET', urlOf('flac', '?side=both'))).status).toBe(400);
  });

  it('can be asked for without being sent', async () => {
    const answer = await listener.ask('HEAD', urlOf('opus', '?mix=mono'));
    expect([answer.status, answer.headers['content-length']]).toEqual([200, String(HEADER_BYTES + pcm.length / 2)]);
  });
});

describe('a tool of this box that fails', () => {
  const part = <T>(type: abstract new (...args: never[]) => T) => api.http.application.get<T>(type, { strict: false });
  const failure = () => new SoundToolFailedError('exit SIGKILL');

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('before the first sound says what to listen to instead', async () => {
    jest.spyOn(part(SegmentDecoder), 'decode').mockRejectedValueOnce(failure());
    const range = `bytes=${HEADER_BYTES}-`;
    const answer = await listener.ask('GET', urlOf('flac', '?side=left'), { headers: { range } });
    expect([answer.status, answer.json().errorId]).toEqual([500, 'recording-undecodable']);
    expect(answer.json().message).toContain('「両方」を選んで');
  });

  it('in the middle breaks the answer off, and the log and the record say where', async () => {
    const { id, callId } = await seal('flac');
    const url = `/api/v1/recordings/${id}/audio?side=left`;
    const decoder = part(SegmentDecoder);
    const decode = decoder.decode.bind(decoder);
    const log = jest.spyOn(part(Logger), 'error');
    const decoding = jest.spyOn(decoder, 'decode').mockImplementation((...segment) => {
      return decoding.mock.calls.length === 3 ? Promise.reject(failure()) : decode(...segment);
    });
    const answer = await listener.open('GET', url);
    const received: Buffer[] = [];
    const reading = (async () => {
      for await (const chunk of answer) received.push(chunk as Buffer);
    })();
    await expect(reading).rejects.toThrow();
    const heard = Buffer.concat(received);
    await eventually(async () => (await traces('recording.played', id)).length === 1);
    const [brokenOff] = await traces('recording.played', id);
    expect(brokenOff?.detail).toMatchObject({ callId, hearing: 'left', fromMs: 0 });
    expect((brokenOff?.detail as { toMs: number }).toMs).toBeLessThan(DURATION_MS);
    const { body: whole } = await fetchAudio(url);
    expect(heard.length).toBeGreaterThan(HEADER_BYTES);
    expect(heard.length).toBeLessThan(whole.length);
    expect(heard.equals(whole.subarray(0, heard.length))).toBe(true);
    expect(log).toHaveBeenCalledWith(
      expect.objectContaining({ errorId: 'recording-undecodable', error: expect.stringContaining('exit SIGKILL') }),
      'request failed',
    );
  });
});

describe('listening is on record', () => {
  it('with the reason, who, and from where to where', async () => {
    const { id, callId } = await seal('flac');
    const answer = await listener.ask('POST', `/api/v1/recordings/${id}/plays`, { body: { reason: ' 苦情の確認 ' } });
    const { id: play } = answer.json() as { id: string };
    const secondsOfWav = (from: number, to: number) =>
      `bytes=${HEADER_BYTES + from * 16_000}-${HEADER_BYTES + to * 16_000 - 1}`;
    const url = `/api/v1/recordings/${id}/audio?side=left`;
    await fetchAudio(url, { range: secondsOfWav(5, 12) });
    await fetchAudio(url, { range: secondsOfWav(6, 8) });
    await fetchAudio(`/api/v1/recordings/${id}/audio`);
    const begun = await traces('recording.play', id);
    expect(begun).toHaveLength(1);
    expect(begun[0]).toMatchObject({ id: play, detail: { callId, reason: '苦情の確認' } });
    await eventually(async () => (await traces('recording.played', id)).length === 2);
    const played = await traces('recording.played', id);
    expect(played.map(({ detail }) => detail)).toEqual([
      { callId, play, hearing: 'left', fromMs: 5000, toMs: 12_000 },
      { callId, play, hearing: 'stereo', fromMs: 0, toMs: DURATION_MS },
    ]);
    expect(played[0]?.user_id).toBe(begun[0]?.user_id);
  });

  it('only as far as it was taken when the listener leaves', async () => {
    const { id } = await seal('opus');
    const answer = await listener.open('GET', `/api/v1/recordings/${id}/audio?mix=mono`);
    await new Promise((heard) => answer.once('data', heard));
    answer.destroy();
    await eventually(async () => (await traces('recording.played', id)).length === 1);
    const [played] = await traces('recording.played', id);
    expect(played?.detail).toMatchObject({ hearing: 'mono', fromMs: 0 });
  });

  it('needs no reason, but takes only a sensible one', async () => {
    const { id } = await seal('flac');
    const begin = async (body: object) =>
      (await listener.ask('POST', `/api/v1/recordings/${id}/plays`, { body })).status;
    expect(await begin({})).toBe(200);
    expect(await begin({ reason: null })).toBe(200);
    expect(await begin({ reason: '   ' })).toBe(400);
    expect(await begin({ reason: 'あ'.repeat(201) })).toBe(400);
  });
});
