import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { filter, firstValueFrom, timeout } from 'rxjs';
import { AmiCommands } from '../../../backend/src/asterisk/ami-commands.ts';
import { AmiConnection } from '../../../backend/src/asterisk/ami-connection.ts';
import { JournalEntry } from '../../../backend/src/calls/journal.schema.ts';
import { ConfigurationApplier } from '../../../backend/src/configuration/apply-configuration.ts';
import { GeneratedFiles } from '../../../backend/src/configuration/generated-files.ts';
import { Logger } from '../../../backend/src/platform/logging.ts';
import { readOperatorSettings, Settings } from '../../../backend/src/platform/settings.ts';
import {
  ASTERISK_CONF,
  asteriskCommand,
  besideAsterisk,
  templateValues,
  waitForAsterisk,
  writeAsteriskCertificate,
  writeAsteriskConfiguration,
} from '../../../provisioning/box/asterisk.ts';
import { ensureCertificates } from '../../../provisioning/box/certificates.ts';
import { writeEndpoints } from '../../../provisioning/box/endpoints.ts';
import { prepareHome, writeHostsFile } from '../../../provisioning/box/home.ts';
import { ensureSecrets } from '../../../provisioning/box/secrets.ts';
import { SilentProgress } from '../../../provisioning/progress.ts';
import { project } from '../../../provisioning/project.ts';
import { rootEnvironment } from '../../../provisioning/run-in-root.ts';
import { removeTree } from '../../../provisioning/runtime/build-root.ts';
import { installPrompts } from '../../../provisioning/runtime/prompts.ts';
import { ensureRuntime, type Runtime } from '../../../provisioning/runtime/runtime.ts';
import type { Place } from '../../town/place.ts';
import { eventually } from '../../town/waiting.ts';
import type { StageHome } from './stage-home.ts';

const logger = new Logger('test', 'silent');

/** The box's Asterisk alone, with a home of its own: no database and no backend process. */
export class BoxAsterisk {
  readonly sip: { host: string; port: number };
  readonly files: GeneratedFiles;
  readonly applier: ConfigurationApplier;
  readonly commands: AmiCommands;
  private child: ChildProcess | undefined;

  private constructor(
    readonly settings: Settings,
    readonly runtime: Runtime,
    private readonly ami: AmiConnection,
    private readonly stageHome: StageHome,
  ) {
    this.sip = { host: settings.operator.DENWABAN_SIP_BIND, port: settings.operator.DENWABAN_SIP_PORT };
    this.commands = new AmiCommands(ami);
    this.files = new GeneratedFiles(settings);
    this.applier = new ConfigurationApplier(this.commands, this.files);
  }

  /**
   * @param place whose `box` is where it takes calls
   * @param stageHome where it makes a folder for its files
   * @param more further settings of an operator
   */
  static async start(place: Place, stageHome: StageHome, more: Record<string, string> = {}): Promise<BoxAsterisk> {
    const runtime = await ensureRuntime(new SilentProgress());
    const home = stageHome.at('box');
    const operator = readOperatorSettings({
      DENWABAN_HOME: home,
      DENWABAN_SIP_BIND: place.box,
      DENWABAN_RTP_PORTS: place.rtpPorts,
      ...more,
    });
    const layout = prepareHome(home);
    const secrets = ensureSecrets(layout.secrets);
    const [ariPort, amiPort] = place.localPorts;
    const { toolsDir, versions } = runtime;
    writeEndpoints(layout, { ariPort, amiPort, postgresSocketDir: null, toolsDir, versions });
    await installPrompts(runtime.promptsDir, layout.asteriskPrompts);
    await ensureCertificates(layout.tls, { addresses: [place.box], hosts: ['localhost'] }, new Date());
    writeAsteriskCertificate(layout);
    writeAsteriskConfiguration(project.asteriskEtc, layout, templateValues(operator, { ariPort, amiPort }, secrets));
    const password = secrets['ami-password'];
    const ami = new AmiConnection({ host: '127.0.0.1', port: amiPort, username: 'denwaban', password }, logger);
    const box = new BoxAsterisk(new Settings(operator), runtime, ami, stageHome);
    ami.start();
    try {
      await box.boot();
    } catch (error) {
      await box.stop();
      throw error;
    }
    return box;
  }

  /** Starts Asterisk; again after `kill`. */
  async boot(): Promise<void> {
    const { layout, operator, endpoints } = this.settings;
    const { file, args } = asteriskCommand(this.runtime.root, writeHostsFile(layout), operator.DENWABAN_HOME, layout);
    const child = spawn(file, args, { env: rootEnvironment, stdio: ['ignore', 'ignore', 'inherit'] });
    this.child = child;
    this.stageHome.belongs('box', child.pid ?? 0);
    await waitForAsterisk(endpoints.ariPort, this.settings.secret('ari-password'), () => {
      if (child.exitCode !== null) throw new Error(`Asterisk ended with ${child.exitCode}:\n${this.log()}`);
    });
    const connected = this.ami.connected$.pipe(filter((is) => is));
    await firstValueFrom(connected.pipe(timeout(10_000)));
  }

  async kill(): Promise<void> {
    await this.end();
    await firstValueFrom(this.ami.connected$.pipe(filter((is) => !is)));
  }

  async stop(): Promise<void> {
    this.ami.stop();
    await this.end();
    await removeTree(this.settings.operator.DENWABAN_HOME);
  }

  private async end(): Promise<void> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  log(): string {
    return readFileSync(join(this.settings.layout.asteriskLog, 'messages.log'), 'utf8');
  }

  /** What Asterisk's own command line answers. */
  async commandLine(command: string): Promise<string> {
    const { layout, operator } = this.settings;
    const words = ['/usr/sbin/asterisk', '-C', ASTERISK_CONF, '-rx', command];
    const { file, args } = besideAsterisk(
      ...([this.runtime.root, writeHostsFile(layout), operator.DENWABAN_HOME, layout, words] as const),
    );
    return (await promisify(execFile)(file, args, { env: rootEnvironment })).stdout;
  }

  /** Errors and warnings so far. */
  complaints(): string[] {
    return this.log()
      .split('\n')
      .filter((line) => / (ERROR|WARNING)\[/.test(line));
  }

  /** The calls in the spool, oldest first; every line has to be a valid entry. */
  async calls(): Promise<SpooledCall[]> {
    const { spool } = this.settings.layout;
    const names = (await readdir(spool)).filter((name) => name.endsWith('.jsonl'));
    const calls = await Promise.all(
      names.map(async (name) => {
        const text = await readFile(join(spool, name), 'utf8');
        const lines = text === '' ? [] : text.trimEnd().split('\n');
        const entries = lines.map((line) => JournalEntry.parse(JSON.parse(line)));
        return {
          id: name.replace('.jsonl', ''),
          text,
          entries,
          recording: join(spool, name.replace('.jsonl', '.raw')),
        };
      }),
    );
    // A file stands there a moment before its first line.
    const begun = calls.filter(({ entries }) => entries.length > 0);
    return begun.toSorted((one, other) => Number(one.entries[0]?.at) - Number(other.entries[0]?.at));
  }

  /** A call, counted from 1, once its journal says that it is over. */
  async endedCall(callNumber: number): Promise<SpooledCall> {
    return await eventually(`call ${callNumber} to be over`, async () => {
      const call = (await this.calls())[callNumber - 1];
      if (call?.entries.some(({ e }) => e === 'end')) return call;
      throw new Error(call ? call.text : 'no such call');
    });
  }
}

export interface SpooledCall {
  id: string;
  text: string;
  entries: JournalEntry[];
  recording: string;
}

/** An entry in short: `event value value`. */
export const stepOf = ({ e, at: _at, ...fields }: JournalEntry): string =>
  e === 'begin' ? e : [e, ...Object.values(fields as Record<string, string>)].join(' ');

/** The story of a call in short. */
export const story = ({ entries }: SpooledCall): string[] =>
  // Parties hang up in threads of their own: the `left` of a phone may come a moment after `end`.
  entries.toSorted((one, other) => Number(one.e === 'end') - Number(other.e === 'end')).map(stepOf);
