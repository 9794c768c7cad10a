import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AriCommands } from './ari-commands.ts';
import { AriConnection } from './ari-connection.ts';
import { askAri } from './ari-http.ts';
import { AriError } from './asterisk.errors.ts';
import type { AsteriskEvent } from './asterisk-events.ts';
import { FakeAri } from './fake-ari.fixture.ts';
import { recordingLogger, until } from './log.fixture.ts';

/** Short for what is never answered, long enough for a busy machine. */
const TIMES = { answerMs: 1000, apiDocsMs: 1000, pingEveryMs: 50 };
const PATIENT = { ...TIMES, answerMs: 10_000 };

let fake: FakeAri;
let port: number;
let ari: AriConnection;
let commands: AriCommands;
let events: AsteriskEvent[];
let log: string[];

function prepare(times = TIMES): void {
  const { logger, lines } = recordingLogger();
  log = lines;
  const options = { host: '127.0.0.1', port, username: 'denwaban', password: 'secret', application: 'denwaban' };
  ari = new AriConnection(options, logger, times);
  commands = new AriCommands(ari);
  events = [];
  ari.events$.subscribe((event) => events.push(event));
}

beforeEach(async () => {
  fake = new FakeAri();
  port = await fake.start();
  prepare();
});

afterEach(async () => {
  ari.stop();
  await fake.stop();
});

const connect = async () => {
  ari.start();
  await until('connected', () => ari.connected);
};
const failures = () => log.filter((line) => line.includes('will retry')).length;
const channelEvent = (type: string, id: string) => ({
  type,
  timestamp: '2026-11-21T18:44:33.799+0000',
  application: 'denwaban',
  channel: { id, name: `PJSIP/trunk-carrier-${id}`, state: 'Up', caller: { name: '', number: '0901234567' } },
});

describe('an ARI connection', () => {
  it('tells Asterisk which events are not wanted, on every connection', async () => {
    await connect();
    fake.dropAll();
    await until('connected again', () => fake.requests('PUT /applications/denwaban/eventFilter').length === 2);
    const [first] = fake.requests('PUT /applications/denwaban/eventFilter');
    expect(JSON.parse(first?.body ?? '')).toEqual({
      disallowed: [{ type: 'ChannelDialplan' }, { type: 'ChannelVarset' }],
    });
  });

  it('hands events on, in order, without numbers', async () => {
    await connect();
    fake.tell(channelEvent('StasisEnd', '1'));
    fake.tell(channelEvent('ChannelDestroyed', '1'));
    await until('both events', () => events.length === 2);
    expect(events.map(({ type }) => type)).toEqual(['stasis-ended', 'channel-gone']);
    expect(JSON.stringify(events)).not.toContain('0901234567');
  });

  it('survives events it does not know, half events and garbage', async () => {
    await connect();
    for (const message of ['', '{', 'null', '[]', '{"type":7}', '{"type":"StasisStart"}']) fake.tell(message);
    fake.tell({ type: 'InventedIn2031', timestamp: 'x' });
    fake.tell(channelEvent('StasisEnd', '1'));
    await until('the good event', () => events.length === 1);
    expect(ari.connected).toBe(true);
  });

  it('has at most 32 requests under way, whatever is asked at once', async () => {
    prepare(PATIENT);
    fake.when('GET /channels', () => ({ status: 200, body: [] }));
    await connect();
    const answers = await Promise.all(Array.from({ length: 150 }, () => commands.channels()));
    expect(answers).toHaveLength(150);
    expect(fake.mostConcurrent).toBeLessThanOrEqual(32);
  });

  it('names what this Asterisk cannot do', async () => {
    await connect();
    await expect(ari.request('channels', 'levitate', {})).rejects.toThrow('no operation channels.levitate');
  });
});

describe('a command', () => {
  it('keeps the HTTP status of a refusal', async () => {
    fake.when('POST /channels/c1/continue', () => ({ status: 404, body: { message: 'Channel not found' } }));
    await connect();
    const error: unknown = await commands.giveBack('c1').catch((reason: unknown) => reason);
    expect(error).toEqual(new AriError(404, 'Channel not found'));
    expect((error as AriError).status).toBe(404);
  });

  it.each([
    [204, true],
    [404, false],
    [409, false],
  ])('to claim that is answered with %i has claimed: %s', async (status, claimed) => {
    fake.when('POST /events/claim', () => ({ status, body: status === 204 ? undefined : { message: '' } }));
    await connect();
    expect(await commands.claim('c1')).toBe(claimed);
    const [request] = fake.requests('POST /events/claim');
    expect(Object.fromEntries(request?.query ?? [])).toEqual({ channelId: 'c1', application: 'denwaban' });
  });

  it('reads a variable; one that is not set is null', async () => {
    fake.when('GET /channels/c1/variable', ({ query }) =>
      query.get('variable') === 'SET' ? { status: 200, body: { value: 'x' } } : { status: 404, body: { message: '' } },
    );
    await connect();
    expect([await commands.variable('c1', 'SET'), await commands.variable('c1', 'UNSET')]).toEqual(['x', null]);
  });

  it('goes on in the dialplan where it is told', async () => {
    fake.when('POST /channels/c1/continue', () => ({ status: 204 }));
    await connect();
    await commands.continueAt('c1', { context: 'line-main', extension: 'node_ring' });
    await commands.giveBack('c1');
    const [continued, given] = fake.requests('POST /channels/c1/continue');
    expect(Object.fromEntries(continued?.query ?? [])).toEqual({
      context: 'line-main',
      extension: 'node_ring',
      priority: '1',
    });
    expect([...(given?.query ?? [])]).toEqual([]);
  });

  it('that is never answered rejects in time', async () => {
    fake.when('POST /channels/c1/continue', () => null);
    await connect();
    await expect(commands.giveBack('c1')).rejects.toThrow('no answer within');
  });

  it('that is answered with garbage rejects', async () => {
    fake.when('GET /asterisk/info', () => ({ status: 200, body: '{"system":' }));
    await connect();
    await expect(commands.version()).rejects.toThrow('no JSON');
  });

  it('that is answered with something else than expected rejects', async () => {
    fake.when('GET /asterisk/info', () => ({ status: 200, body: { system: {} } }));
    await connect();
    await expect(commands.version()).rejects.toThrow();
  });

  it('rejects at once while there is no connection', async () => {
    await expect(commands.giveBack('c1')).rejects.toThrow('not connected');
  });

  it('that waited too long for its turn is not sent any more', async () => {
    fake.when('GET /channels', () => null);
    fake.when('POST /late', () => ({ status: 204 }));
    const headers = { authorization: `Basic ${Buffer.from('denwaban:secret').toString('base64')}` };
    const ask = (method: string, path: string, timeoutMs: number) =>
      askAri(`http://127.0.0.1:${port}/ari${path}`, { method, headers }, timeoutMs);
    const stuck = Promise.allSettled(Array.from({ length: 32 }, () => ask('GET', '/channels', 200)));
    await expect(ask('POST', '/late', 100)).rejects.toThrow('no answer within 100 ms');
    await stuck;
    await ask('POST', '/late', 200);
    expect(fake.requests('POST /late')).toHaveLength(1);
  });
});

describe('when Asterisk fails', () => {
  jest.setTimeout(20_000);

  it('a lost websocket is noticed and replaced', async () => {
    await connect();
    fake.dropAll();
    await until('noticed', () => !ari.connected);
    await until('connected again', () => ari.connected && fake.websockets === 2);
    fake.tell(channelEvent('StasisEnd', '1'));
    await until('event of the new connection', () => events.length === 1);
  });

  it('a websocket that answers no ping is given up', async () => {
    await connect();
    fake.answersPings = false;
    await until('noticed', () => !ari.connected);
    fake.answersPings = true;
    await until('connected again', () => ari.connected);
    expect(fake.open).toBe(1);
  });

  it.each(['garbage', 'missing', 'hanging'] as const)('%s API documents are tried again', async (docs) => {
    fake.docs = docs;
    ari.start();
    await until('failed', () => failures() >= 1, 5000);
    fake.docs = 'good';
    await until('connected', () => ari.connected, 6000);
  });

  it('a websocket that is never opened is tried again', async () => {
    fake.acceptsWebsockets = false;
    ari.start();
    await until('failed', () => failures() >= 1, 5000);
    fake.acceptsWebsockets = true;
    await until('connected', () => ari.connected, 8000);
  });

  it('an Asterisk that answers nothing at all is tried again', async () => {
    fake.when('GET /asterisk/ping', () => null);
    ari.start();
    await until('failed twice', () => failures() >= 2, 8000);
    expect(fake.websockets).toBe(0);
  });

  it('it keeps trying until Asterisk is there', async () => {
    await fake.stop();
    ari.start();
    await until('failed twice', () => failures() >= 2, 8000);
    await fake.start(port);
    await until('connected', () => ari.connected, 8000);
  });

  it('a refused log-in is tried again, and the password is not told', async () => {
    fake.password = 'another';
    ari.start();
    await until('refused twice', () => failures() >= 2, 8000);
    expect(log.join()).not.toContain('secret');
  });

  it('nothing is left when it is stopped', async () => {
    await connect();
    ari.stop();
    await until('no websocket left', () => fake.open === 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(fake.websockets).toBe(1);
  });
});
