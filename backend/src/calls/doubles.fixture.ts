import type { AriCommands } from '../asterisk/ari-commands.ts';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { ConfigurationInForce } from '../configuration/configuration-in-force.ts';
import { Clock } from '../platform/clock.ts';
import { RoutingInForce } from '../routing/routing-in-force.service.ts';
import type { SwitchesInForce } from '../schedules/switches-in-force.service.ts';
import type { Logger } from '../platform/logging.ts';
import { STANDARD_RECORDINGS } from '../recordings/recording-class.schema.ts';
import type { CallJournal, UntimedEntry } from './call-journal.service.ts';

/** A double on which anything that was not given throws by its name. */
export function strictDouble<T extends object>(name: string, given: Partial<T>): T {
  return new Proxy(given, {
    get: (target, key) => {
      if (key in target) return (target as Record<PropertyKey, unknown>)[key];
      throw new Error(`${name}.${String(key)} was not expected`);
    },
  }) as T;
}

export const silentLogger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
} as unknown as Logger;

/** What the engine tells Asterisk, in order. */
export class FakeAsterisk {
  /** Commands as `name argument ...`. */
  readonly commands: string[] = [];
  /** Called before each command; may throw or change the world. */
  before: (command: string) => void = () => undefined;
  /** How long a command is on its way. */
  takesMs = 0;

  readonly ari = strictDouble<AriCommands>('AriCommands', {
    claim: (channel) => this.run(`claim ${channel}`).then(() => true),
    continueAt: (channel, { context, extension }) => this.run(`continue ${channel} ${context} ${extension}`),
    giveBack: (channel) => this.run(`give-back ${channel}`),
  });

  private async run(command: string): Promise<void> {
    this.commands.push(command);
    await new Promise((resolve) => setTimeout(resolve, this.takesMs));
    this.before(command);
  }
}

export class FakeJournal {
  readonly entries: UntimedEntry[] = [];
  readonly journal = strictDouble<CallJournal>('CallJournal', {
    write: (_, entry) => {
      this.entries.push(entry);
      return Promise.resolve();
    },
  });
}

/** One line: a notice, a desk, another notice, the end. */
export const testDocument: ConfigurationDocument = {
  site: { id: 'main', name: '本庁' },
  trunks: [{ id: 'carrier', name: '光回線', type: 'peer', host: '127.0.0.2', port: 5060 }],
  pbx: null,
  phones: [
    { id: 'p201', name: '市民課1', type: 'sip', extension: '201', secret: 'secret-secret' },
    { id: 'p202', name: '市民課2', type: 'sip', extension: '202', secret: 'secret-secret' },
  ],
  desks: [{ id: 'citizens', name: '市民課', members: ['p201'], ringSeconds: 20 }],
  notices: [{ id: 'recording', name: '録音告知', text: 'この通話は録音されます', audio: 'recording-notice' }],
  lines: [
    {
      id: 'main',
      name: '代表',
      trunk: 'carrier',
      number: '0312345678',
      flow: {
        start: 'hello',
        nodes: {
          hello: { type: 'notice', notice: 'recording', next: 'ring-all' },
          'ring-all': { type: 'desk', desk: 'citizens', otherwise: 'sorry' },
          sorry: { type: 'notice', notice: 'recording', next: 'bye' },
          bye: { type: 'end', cause: 'no-answer' },
        },
      },
    },
  ],
  recordings: STANDARD_RECORDINGS,
};

export function configurationOf(document: ConfigurationDocument | null): ConfigurationInForce {
  const configuration = new ConfigurationInForce({} as never, silentLogger);
  if (document) configuration.replace(document);
  return configuration;
}

/** What live decisions rest on, with nothing switched by hand. */
export function routingOf(document: ConfigurationDocument | null): RoutingInForce {
  const switches = strictDouble<SwitchesInForce>('SwitchesInForce', { current: new Map() });
  return new RoutingInForce(configurationOf(document), switches, new Clock());
}
