import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AmiConnection } from './ami-connection.ts';
import { amiSuccess, amiText, FakeAmi } from './fake-ami.fixture.ts';
import { recordingLogger, until } from './log.fixture.ts';

/** Short for what is never answered, long enough for a busy machine. */
const TIMES = { actionMs: 600, connectMs: 600, pingEveryMs: 50 };

let fake: FakeAmi;
let port: number;
let ami: AmiConnection;
let log: string[];

function connectionTo(password = 'secret'): AmiConnection {
  const { logger, lines } = recordingLogger();
  log = lines;
  return new AmiConnection({ host: '127.0.0.1', port, username: 'denwaban', password }, logger, TIMES);
}

beforeEach(async () => {
  fake = new FakeAmi();
  port = await fake.start();
  ami = connectionTo();
});

afterEach(async () => {
  ami.stop();
  await fake.stop();
});

const connect = async () => {
  ami.start();
  await until('connected', () => ami.connected);
};
const names = () => fake.received.map(({ action }) => action?.toLowerCase());

describe('an AMI connection', () => {
  it('logs in and asks for no events before it is used', async () => {
    await connect();
    expect(names().slice(0, 2)).toEqual(['login', 'events']);
    expect(fake.received[1]?.eventmask).toBe('off');
  });

  it('gives back the response of an action', async () => {
    fake.when('CoreSettings', (request) => amiSuccess(request, ['AsteriskVersion', '22.10.1']));
    await connect();
    expect(await ami.action('CoreSettings')).toMatchObject({ asteriskversion: '22.10.1' });
  });

  it('rejects an action that Asterisk refuses', async () => {
    await connect();
    await expect(ami.action('Originate')).rejects.toThrow('Originate: unexpected action originate');
  });

  it('gathers the events of a list, and only those of its own', async () => {
    fake.when('PJSIPShowEndpoints', ({ actionid = '' }) =>
      [
        amiText(['Response', 'Success'], ['ActionID', actionid], ['EventList', 'start']),
        amiText(['Event', 'EndpointList'], ['ActionID', actionid], ['ObjectName', '201']),
        amiText(['Event', 'EndpointList'], ['ActionID', 'of-somebody-else'], ['ObjectName', '666']),
        amiText(['Event', 'EndpointList'], ['ActionID', actionid], ['ObjectName', '202']),
        amiText(['Event', 'EndpointListComplete'], ['ActionID', actionid], ['EventList', 'Complete']),
      ].join(''),
    );
    await connect();
    expect((await ami.list('PJSIPShowEndpoints')).map(({ objectname }) => objectname)).toEqual(['201', '202']);
  });

  it('keeps answers apart that come in another order, in pieces', async () => {
    const waiting: string[] = [];
    fake.when('Setvar', (request, socket) => {
      waiting.unshift(amiSuccess(request, ['Message', request.value ?? '']));
      if (waiting.length < 3) return undefined;
      const [first = '', ...rest] = waiting;
      socket.write(first.slice(0, 9));
      setTimeout(() => socket.write(first.slice(9) + rest.join('')), 10);
      return undefined;
    });
    await connect();
    const values = ['1', '2', '3'];
    const answers = await Promise.all(values.map((value) => ami.action('Setvar', { channel: 'c', value })));
    expect(answers.map(({ message }) => message)).toEqual(values);
  });

  it('is refused while there is no connection', async () => {
    await expect(ami.action('Ping')).rejects.toThrow('not connected');
  });
});

describe('a value that could carry an action of its own', () => {
  it.each([
    ['a line break', { value: 'x\r\nAction: Command' }],
    ['a bare line feed', { value: 'x\nAction: Command' }],
    ['a NUL', { value: 'x\u0000' }],
    ['a line break in its name', { 'channel\r\nAction': 'Command' }],
    ['too much', { value: 'x'.repeat(2000) }],
  ])('is not sent: %s', async (_what, fields) => {
    await connect();
    const sent = fake.raw.length;
    await expect(ami.action('Setvar', fields as unknown as Record<string, string>)).rejects.toThrow('refused');
    expect(fake.raw.slice(sent)).not.toContain('Command');
  });

  it.each(['/x.raw,D,touch /tmp/x', '../x.raw', '/denwaban/spool/../x.raw', '/denwaban/spool/x,D', 'a b.raw', ''])(
    'is no file name of MixMonitor: "%s"',
    async (file) => {
      await connect();
      await expect(ami.action('MixMonitor', { channel: 'c', file })).rejects.toThrow('refused');
      expect(names()).not.toContain('mixmonitor');
    },
  );

  it('is no command of MixMonitor', async () => {
    await connect();
    await expect(ami.action('MixMonitor', { channel: 'c', file: 'a.raw', command: 'id' })).rejects.toThrow('refused');
  });
});

describe('when Asterisk fails', () => {
  jest.setTimeout(20_000);

  it('an action that is never answered rejects in time', async () => {
    fake.when('Reload', () => undefined);
    await connect();
    await expect(ami.action('Reload', {}, 80)).rejects.toThrow('no answer to Reload within 80 ms');
  });

  it('a list that never ends rejects in time', async () => {
    fake.when('ShowDialPlan', (request) => amiSuccess(request, ['EventList', 'start']));
    await connect();
    await expect(ami.list('ShowDialPlan', {}, 80)).rejects.toThrow('no answer');
  });

  it('every action under way rejects at once when the connection is lost', async () => {
    fake.when('Reload', (_, socket) => void setTimeout(() => socket.destroy(), 10));
    await connect();
    const began = performance.now();
    const results = await Promise.allSettled([1, 2, 3].map(() => ami.action('Reload', {}, 10_000)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('it comes back by itself, and what was said in half before does not spoil what follows', async () => {
    fake.when('Setvar', (_, socket) => {
      socket.write('Event: Half\r\nResponse: Success\r\nActionID');
      setTimeout(() => socket.destroy(), 10);
      return undefined;
    });
    await connect();
    await expect(ami.action('Setvar', { value: '1' })).rejects.toThrow('AMI');
    await until('connected again', () => ami.connected && fake.connections === 2);
    fake.when('Setvar', (request) => amiSuccess(request));
    await expect(ami.action('Setvar', { value: '2' })).resolves.toMatchObject({ response: 'Success' });
  });

  it('garbage does no harm', async () => {
    fake.when('Setvar', (_, socket) => {
      socket.write(Buffer.from([0, 255, 13, 10, 13, 10, 58, 58, 13, 10, 13, 10]));
      return amiText(['Response', ''], ['ActionID', '']) + ': \r\n\r\n';
    });
    await connect();
    await expect(ami.action('Setvar', { value: '1' }, 80)).rejects.toThrow('no answer');
    await expect(ami.action('Ping')).resolves.toMatchObject({ ping: 'Pong' });
  });

  it('a connection that answers no ping is given up, its socket too', async () => {
    await connect();
    fake.when('Ping', () => undefined);
    fake.when('Login', () => undefined);
    await until('noticed', () => !ami.connected, 8000);
    await until('a new attempt', () => fake.connections >= 2, 8000);
    ami.stop();
    await until('no socket left', () => fake.open === 0);
  });

  it('a log-in that is never answered is given up, its socket too', async () => {
    fake.when('Login', () => undefined);
    ami.start();
    await until('third attempt', () => fake.connections >= 3, 10_000);
    expect(fake.open).toBeLessThanOrEqual(1);
    expect(ami.connected).toBe(false);
  });

  it('it keeps trying until Asterisk is there', async () => {
    await fake.stop();
    ami.start();
    await until('failed twice', () => log.filter((line) => line.includes('will retry')).length >= 2);
    await fake.start(port);
    await until('connected', () => ami.connected);
  });

  it('a refused log-in is tried again, and the password is not told', async () => {
    ami = connectionTo('wrong-password');
    ami.start();
    await until('refused twice', () => log.filter((line) => line.includes('log-in refused')).length >= 2);
    expect(log.join()).not.toContain('wrong-password');
  });

  it('nothing is left when it is stopped', async () => {
    await connect();
    ami.stop();
    await until('no socket left', () => fake.open === 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(fake.connections).toBe(1);
  });
});
