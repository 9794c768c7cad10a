import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationDocument } from '../../backend/src/configuration/configuration.schema.ts';
import { homeLayout } from '../../backend/src/platform/settings.ts';
import { mayReplace } from './office.ts';

export type Environment = Record<string, string | undefined>;

const DEFAULT_HOME = './.denwaban-demo';
const PASSWORD_FILE = 'demo-password';
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';

/** The demonstration must never take an office's box for its own. */
export class HomeOfAnOffice extends Error {
  constructor(home: string) {
    super(
      `DENWABAN_HOME: ${home} holds the configuration of an office, which the demo would replace; ` +
        'run it without DENWABAN_HOME, or with an empty folder',
    );
  }
}

/** @returns where the demo lives: beside a box of the same checkout, not in it */
export const demoHome = (environment: Environment): string => resolve(environment.DENWABAN_HOME ?? DEFAULT_HOME);

/** @throws HomeOfAnOffice as far as that can be seen before anything is started */
export function checkHome(home: string): void {
  const file = homeLayout(home).lastGoodConfiguration;
  if (!existsSync(file)) return;
  const document = readDocument(file);
  // What cannot be read is certainly not the demonstration's own.
  if (!document || !mayReplace(document)) throw new HomeOfAnOffice(home);
}

function readDocument(file: string): ConfigurationDocument | undefined {
  try {
    return ConfigurationDocument.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** The first administrator's: chosen by whoever starts the demo, else made once and kept for the next time. */
export function adminPassword(environment: Environment, home: string): string {
  if (environment.DENWABAN_ADMIN_PASSWORD) return environment.DENWABAN_ADMIN_PASSWORD;
  const file = resolve(home, PASSWORD_FILE);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const password = Array.from({ length: 16 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  mkdirSync(home, { recursive: true });
  writeFileSync(file, password, { mode: 0o600 });
  return password;
}
