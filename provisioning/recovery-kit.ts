import { chown, mkdir, readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { DenwabanError } from '../backend/src/platform/errors.ts';
import { homeLayout, readOperatorSettings, SettingsError } from '../backend/src/platform/settings.ts';
import { SecretKey } from '../backend/src/recordings/encryption/keys.ts';
import { loadMasterKey } from '../backend/src/recordings/encryption/master-key.ts';
import { parseMasterKey, restoreMasterKey } from '../backend/src/recordings/encryption/master-key-file.ts';
import { parseRecoveryKit, recoveryKit } from '../backend/src/recordings/encryption/recovery-kit.ts';

/** Prints the recovery kit of the master key, or puts a master key back from one that is typed or piped in. */

const LINES = 4;

class AnotherKeyError extends Error {}

async function print(secretsDir: string): Promise<void> {
  const credentialsDirectory = process.env.CREDENTIALS_DIRECTORY;
  const { wrapping } = await loadMasterKey({ credentialsDirectory, secretsDir });
  const { title, keyId, lines, instructions } = recoveryKit(wrapping);
  const paragraphs = instructions.map(({ heading, steps }) =>
    [heading, ...steps.map((step) => `  ・${step}`)].join('\n'),
  );
  const key = lines.map((line) => `    ${line}`).join('\n');
  say([title, `鍵番号 ${keyId}`, key, ...paragraphs].join('\n\n'));
}

/** @param replace whether an intact other key may become a previous one, which still opens what it wrapped */
async function restore(secretsDir: string, replace: boolean): Promise<void> {
  const key = parseRecoveryKit(await typedLines());
  const present = await presentKey(secretsDir);
  if (present?.id === key.id) {
    say(`この鍵はすでに使われています。何も変えていません。鍵番号 ${key.id}`);
    return;
  }
  if (present && !replace) {
    throw new AnotherKeyError(
      `別のマスター鍵があります(鍵番号 ${present.id})。入力された鍵は ${key.id} です。何も変えていません。\n` +
        '今の鍵を控えとして残したまま入れ替えるには、--replace を付けてもう一度実行してください。今の鍵で保存した録音も引き続き聞けます。',
    );
  }
  await mkdir(secretsDir, { recursive: true, mode: 0o700 });
  await restoreMasterKey(secretsDir, key.bytes);
  await giveToOwner(secretsDir);
  say(`マスター鍵を戻しました。鍵番号 ${key.id}(復旧シートの鍵番号と同じことを確かめてください)`);
}

/** Under systemd the box reads the key as a user of its own, and root puts it back. */
async function giveToOwner(secretsDir: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(secretsDir);
  await chown(resolve(secretsDir, 'master-key'), uid, gid);
}

async function presentKey(secretsDir: string): Promise<SecretKey | null> {
  const text = await readFile(resolve(secretsDir, 'master-key'), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  const key = parseMasterKey(text);
  return key && new SecretKey(key);
}

/** From a terminal no more than the four lines: nobody has to know how to end the input. */
async function typedLines(): Promise<string> {
  const terminal = process.stdin.isTTY;
  if (terminal) say('復旧シートの4行を上から順に入力してください。');
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== '') lines.push(line);
    if (terminal && lines.length === LINES) break;
  }
  return lines.join('\n');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(error: unknown): void {
  const expected = error instanceof DenwabanError || error instanceof AnotherKeyError || error instanceof SettingsError;
  process.stderr.write(`${expected ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const options = {
    restore: { type: 'boolean', default: false },
    replace: { type: 'boolean', default: false },
  } as const;
  const { values } = parseArgs({ options });
  const { secrets } = homeLayout(readOperatorSettings(process.env).DENWABAN_HOME);
  await (values.restore ? restore(secrets, values.replace) : print(secrets));
}

await main().catch(fail);
