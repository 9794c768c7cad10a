import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AmiCommands } from './ami-commands.ts';
import { AmiConnection } from './ami-connection.ts';
import { type AmiRequest, amiSuccess, amiText, FakeAmi } from './fake-ami.fixture.ts';
import { recordingLogger, until } from './log.fixture.ts';

let fake: FakeAmi;
let connection: AmiConnection;
let commands: AmiCommands;

beforeEach(async () => {
  fake = new FakeAmi();
  const port = await fake.start();
  connection = new AmiConnection(
    { host: '127.0.0.1', port, username: 'denwaban', password: 'secret' },
    recordingLogger().logger,
  );
  commands = new AmiCommands(connection);
  connection.start();
  await until('connected', () => connection.connected);
});

afterEach(async () => {
  connection.stop();
  await fake.stop();
});

const listOf =
  (...items: [string, string][][]) =>
  (request: AmiRequest) => {
    const id: [string, string] = ['ActionID', request.actionid ?? ''];
    const events = items.map((item) => amiText(...item, id));
    return [
      amiSuccess(request, ['EventList', 'start']),
      ...events,
      amiText(['Event', 'ListComplete'], ['EventList', 'Complete'], id),
    ].join('');
  };
const errorOf = (message: string) => (request: AmiRequest) =>
  amiText(['Response', 'Error'], ['ActionID', request.actionid ?? ''], ['Message', message]);
const asked = (action: string) => fake.received.filter((request) => request.action?.toLowerCase() === action);

describe('what AMI is asked', () => {
  it('a reload reads endpoints before the dialplan that names them', async () => {
    fake.when('Reload', (request) => amiSuccess(request));
    await commands.reload();
    expect(asked('reload').map(({ module }) => module)).toEqual(['res_pjsip.so', 'pbx_config.so']);
  });

  it('a reload that Asterisk refuses is refused', async () => {
    fake.when('Reload', errorOf('No such module'));
    await expect(commands.reload()).rejects.toThrow('No such module');
  });

  it('no endpoints are no error, though Asterisk says so', async () => {
    fake.when('PJSIPShowEndpoints', errorOf('No endpoints found'));
    expect(await commands.endpoints()).toEqual([]);
  });

  it('another error is one', async () => {
    fake.when('PJSIPShowEndpoints', errorOf('Permission denied'));
    await expect(commands.endpoints()).rejects.toThrow('Permission denied');
  });

  it('each context is named once', async () => {
    const item = (context: string): [string, string][] => [
      ['Event', 'ListDialplan'],
      ['Context', context],
    ];
    fake.when('ShowDialPlan', listOf(item('line-main'), item('line-main'), item('phones')));
    expect(await commands.contexts()).toEqual(['line-main', 'phones']);
  });

  it('contacts are those that registered and those of the peers asked for', async () => {
    fake.when(
      'PJSIPShowContacts',
      listOf([
        ['Event', 'ContactList'],
        ['Endpoint', '202'],
        ['Status', 'NonQualified'],
        ['RoundtripUsec', 'N/A'],
      ]),
    );
    fake.when(
      'PJSIPShowEndpoint',
      listOf(
        [
          ['Event', 'EndpointDetail'],
          ['ObjectName', 'pbx'],
          ['Status', 'irrelevant'],
        ],
        [
          ['Event', 'ContactStatusDetail'],
          ['EndpointName', 'pbx'],
          ['Status', 'Reachable'],
          ['RoundtripUsec', '1500'],
        ],
      ),
    );
    expect(await commands.contacts(['pbx'])).toEqual([
      { endpoint: '202', status: 'unqualified', roundTripMs: null },
      { endpoint: 'pbx', status: 'reachable', roundTripMs: 1.5 },
    ]);
  });

  it('a variable of a channel that is gone is told apart from other failures', async () => {
    fake.when('Setvar', errorOf('No such channel'));
    await expect(commands.setVariable('c1', 'A', '1')).rejects.toMatchObject({ name: 'ChannelGoneError' });
    fake.when('Setvar', errorOf('Permission denied'));
    await expect(commands.setVariable('c1', 'A', '1')).rejects.toMatchObject({ name: 'AmiError' });
  });

  it('a variable is set on the channel by its id', async () => {
    fake.when('Setvar', (request) => amiSuccess(request));
    await commands.setVariable('denwaban-1.2', 'TIMEOUT(absolute)', '3');
    expect(asked('setvar')).toEqual([
      expect.objectContaining({ channel: 'denwaban-1.2', variable: 'TIMEOUT(absolute)', value: '3' }),
    ]);
  });
});
