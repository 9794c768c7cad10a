import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RECORDER_FLOOR_BYTES } from '../backend/src/headroom/reserve.ts';
import { insideRoot, OperatorSettings } from '../backend/src/platform/settings.ts';
import { BACKEND_PROCESSES } from './box/backend.ts';
import { POSTGRES_SETTINGS } from './box/postgres.ts';
import { project } from './project.ts';
import { RECORDER_CLOCK, recipe } from './runtime/recipe.ts';

const read = (...path: string[]) => readFileSync(resolve(project.root, ...path), 'utf8');
const compose = read('docker-compose.yml');
const units = Object.fromEntries(
  readdirSync(resolve(project.root, 'provisioning/systemd'))
    .filter((name) => name.includes('.'))
    .map((name) => [name, read('provisioning/systemd', name)]),
);
const unit = (name: string): string => units[name] ?? '';

/** `-c key=value` flags, as systemd (percent doubled, quotes) and compose (one YAML item each) write them. */
const unitFlags = [...unit('denwaban-postgres.service').matchAll(/ -c (?:'([^']*)'|(\S+))/g)].map((it) =>
  (it[1] ?? it[2] ?? '').replaceAll('%%', '%'),
);
const composeFlags = [...compose.matchAll(/- -c\n\s+- (?:'([^']*)'|(\S+))/g)].map((it) => it[1] ?? it[2] ?? '');

describe('units and containers', () => {
  it('run the database with the settings of npm start', () => {
    const wanted = Object.entries(POSTGRES_SETTINGS).map(([key, value]) => `${key}=${value}`);
    expect(unitFlags).toEqual(wanted);
    expect(composeFlags).toEqual(wanted);
  });

  it('run Asterisk and Postgres as the users of the runtime root', () => {
    for (const [name, { id }] of Object.entries(recipe.users)) {
      expect(unit(`denwaban-${name}.service`)).toContain(`\nUser=${id}\nGroup=${id}\n`);
      expect(compose).toMatch(new RegExp(`\\n  ${name}:\\n(    .*\\n)*?    user: '${id}:${id}'`));
    }
  });

  it('run Asterisk with the configuration of the home', () => {
    const command = `/usr/sbin/asterisk -f -C ${insideRoot.etc}/asterisk.conf`;
    expect(unit('denwaban-asterisk.service')).toContain(`ExecStart=${command}\n`);
    expect(compose).toContain(command);
  });

  it('run Asterisk with the recorder’s clock', () => {
    expect(unit('denwaban-asterisk.service')).toMatch(
      new RegExp(`^Environment=.* RECORDER_FLOOR=${RECORDER_FLOOR_BYTES} LD_PRELOAD=${RECORDER_CLOCK}$`, 'm'),
    );
    expect(compose).toContain(
      `exec env RECORDER_FLOOR=${RECORDER_FLOOR_BYTES} LD_PRELOAD=${RECORDER_CLOCK} /usr/sbin/asterisk`,
    );
  });

  it('run every process of the backend', () => {
    for (const name of BACKEND_PROCESSES) {
      expect(unit('denwaban.target')).toContain(`denwaban@${name}.service`);
      expect(compose).toContain(`backend/dist/backend/src/main/${name}.js`);
    }
    expect(unit('denwaban@.service')).toContain('backend/dist/backend/src/main/%i.js');
  });

  it('stand in the runtime root that the package list makes', () => {
    for (const name of ['denwaban-postgres.service', 'denwaban-asterisk.service'])
      expect(unit(name)).toContain('RootDirectory=/opt/denwaban/.runtime/current/root\n');
    const containerfile = read('provisioning/container/Containerfile');
    expect(containerfile).toContain('FROM scratch\nARG ROOT_ARCHIVE=.runtime/current.tar\nADD ${ROOT_ARCHIVE} /\n');
    expect(containerfile).not.toContain('apt');
  });

  it('know every setting of the operator, with its default', () => {
    const known = Object.keys(OperatorSettings.shape);
    expect([...compose.matchAll(/^ {2}(DENWABAN_\w+):/gm)].map((it) => it[1])).toEqual(known);
    for (const [, name = '', value] of compose.matchAll(/\$\{(DENWABAN_\w+):-([^}]*)\}/g)) {
      const fallback = OperatorSettings.parse({})[name as keyof OperatorSettings];
      expect(value).toBe(Array.isArray(fallback) ? fallback.join('-') : String(fallback ?? ''));
    }
  });

  it('give no part that answers the network any capability', () => {
    const services = ['denwaban-postgres.service', 'denwaban-asterisk.service', 'denwaban@.service'];
    for (const name of services)
      expect(unit(name)).toMatch(/NoNewPrivileges=yes\nCapabilityBoundingSet=\n(.*\n)*ProtectSystem=strict/);
    expect(compose.match(/cap_add/g)).toHaveLength(2);
    expect(compose).toContain('cap_drop: [ALL]');
  });
});
