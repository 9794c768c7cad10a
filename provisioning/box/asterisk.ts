import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { RECORDER_FLOOR_BYTES } from '../../backend/src/headroom/reserve.ts';
import { insideRoot, type HomeLayout, type OperatorSettings } from '../../backend/src/platform/settings.ts';
import { isRoot } from '../host-tools.ts';
import { inRoot } from '../run-in-root.ts';
import { RECORDER_CLOCK, recipe } from '../runtime/recipe.ts';

export const ASTERISK_CONF = `${insideRoot.etc}/asterisk.conf`;

export interface AsteriskPorts {
  ariPort: number;
  amiPort: number;
}

/** @throws Error naming a placeholder nobody fills, which would otherwise reach Asterisk as it is */
export function fillTemplate(template: string, values: Record<string, string | number>, file: string): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${file}: nothing is known to put in place of {{${name}}}`);
    return String(value);
  });
}

export const templateValues = (
  settings: OperatorSettings,
  ports: AsteriskPorts,
  secrets: { 'ari-password': string; 'ami-password': string },
): Record<string, string | number> => ({
  sipBind: settings.DENWABAN_SIP_BIND,
  sipPort: settings.DENWABAN_SIP_PORT,
  disableRport: settings.DENWABAN_SIP_RPORT === 'no' ? 'yes' : 'no',
  includeTls: settings.DENWABAN_SIPS_PORT === undefined ? '' : '\n#include pjsip-tls.conf',
  sipsPort: settings.DENWABAN_SIPS_PORT ?? '',
  etc: insideRoot.etc,
  rtpFirst: settings.DENWABAN_RTP_PORTS[0],
  rtpLast: settings.DENWABAN_RTP_PORTS[1],
  ariPort: ports.ariPort,
  amiPort: ports.amiPort,
  ariPassword: secrets['ari-password'],
  amiPassword: secrets['ami-password'],
  systemName: hostname().replace(/[^A-Za-z0-9-]/g, '-'),
});

/** Writes the filled-in templates; what the telephony process rendered below `generated/` stays. */
export function writeAsteriskConfiguration(
  templates: string,
  layout: HomeLayout,
  values: Record<string, string | number>,
): void {
  const wanted = readdirSync(templates).filter((name) => name.endsWith('.conf'));
  for (const name of readdirSync(layout.asteriskEtc)) {
    if (name.endsWith('.conf') && !wanted.includes(name)) rmSync(resolve(layout.asteriskEtc, name));
  }
  for (const name of wanted) {
    const content = fillTemplate(readFileSync(resolve(templates, name), 'utf8'), values, name);
    writeForAsterisk(resolve(layout.asteriskEtc, name), content);
  }
  // Included by name: Asterisk does not start when they are missing.
  for (const name of ['pjsip.conf', 'extensions.conf']) {
    const path = resolve(layout.asteriskGenerated, name);
    if (!existsSync(path)) writeForAsterisk(path, '');
  }
}

/** Gives Asterisk the console's certificate and key, which stand where it cannot read them. */
export function writeAsteriskCertificate(layout: HomeLayout): void {
  for (const name of ['server.crt', 'server.key'])
    writeForAsterisk(resolve(layout.asteriskEtc, name), readFileSync(resolve(layout.tls, name), 'utf8'));
}

function writeForAsterisk(path: string, content: string): void {
  writeFileSync(`${path}.partial`, content, { mode: 0o640 });
  chmodSync(`${path}.partial`, 0o640);
  if (isRoot()) chownSync(`${path}.partial`, 0, recipe.users.asterisk.id);
  renameSync(`${path}.partial`, path);
}

/** The command of the running Asterisk; clears the socket and pid file of one that was killed. */
export function asteriskCommand(root: string, hostsFile: string, home: string, layout: HomeLayout) {
  for (const name of readdirSync(layout.asteriskRun))
    rmSync(resolve(layout.asteriskRun, name), { force: true, recursive: true });
  // Set inside, for Asterisk alone: what enters the root is the host's and knows no such file.
  const command = ['/usr/bin/env', ...recorderEnvironment(layout), '/usr/sbin/asterisk', '-f', '-C', ASTERISK_CONF];
  return besideAsterisk(root, hostsFile, home, layout, command);
}

/** A command that finds everything where the box's Asterisk does. */
export function besideAsterisk(root: string, hostsFile: string, home: string, layout: HomeLayout, command: string[]) {
  return inRoot({
    root,
    user: 'asterisk',
    hostsFile,
    binds: [
      { from: resolve(home, 'asterisk'), to: '/denwaban/asterisk' },
      { from: layout.asteriskEtc, to: insideRoot.etc, readOnly: true },
      { from: layout.asteriskPrompts, to: insideRoot.prompts, readOnly: true },
      { from: layout.spool, to: insideRoot.spool },
    ],
    deathSignal: 'TERM',
    command,
  });
}

/** On a disk of its own the spool may be filled to the last byte. */
function recorderEnvironment(layout: HomeLayout): string[] {
  const [spool, database] = [layout.spool, resolve(layout.postgresData, '..')].map((path) => statSync(path).dev);
  const floor = spool === database ? [`RECORDER_FLOOR=${RECORDER_FLOOR_BYTES}`] : [];
  return [...floor, `LD_PRELOAD=${RECORDER_CLOCK}`];
}

/**
 * Waits until Asterisk answers on ARI, which it does once all modules are loaded.
 * @param stillTrying throws when there is no use in waiting on
 */
export async function waitForAsterisk(port: number, password: string, stillTrying: () => void): Promise<void> {
  const authorization = `Basic ${Buffer.from(`denwaban:${password}`).toString('base64')}`;
  for (;;) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/ari/asterisk/ping`, { headers: { authorization } });
      if (answer.ok) return;
    } catch {
      // not listening yet
    }
    stillTrying();
    await new Promise((resolveWait) => setTimeout(resolveWait, 50));
  }
}
