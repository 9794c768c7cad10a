import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SilentProgress } from '../progress.ts';
import { CommandFailed } from '../run-command.ts';
import { fetchPackages, sourcesLine } from './fetch-packages.ts';
import { recipe } from './recipe.ts';

const SOURCE = { mirror: 'http://mirror.city.example/debian', keyring: '/k.gpg' };
const VOICE = recipe.voice.package;

class Warnings extends SilentProgress {
  readonly said: string[] = [];
  override warn = (text?: string) => void this.said.push(text ?? '');
}

/** Stands for a mirror: `update` and `install` see only what the sources of the last `update` name. */
describe('the packages of the runtime root', () => {
  const usualPath = process.env.PATH ?? '';
  let folder: string;
  let progress: Warnings;

  /** @param shell of `apt-get update`; `$sources` is the file of sources */
  function mirror(update: string, knowsVoice: boolean): void {
    const script = (name: string, text: string) =>
      writeFileSync(join(folder, name), `#!/bin/sh\nsources=${folder}/cache/etc/sources.list\n${text}\n`, {
        mode: 0o755,
      });
    const calls = `echo "$*" | grep -o 'update\\|download-only .*' >>${folder}/calls`;
    script('apt-get', `${calls}\ncase "$*" in *" update "*)\n${update}\nesac\nexit 0`);
    script('apt-cache', knowsVoice ? 'grep -q contrib "$sources" && echo Package' : 'exit 100');
  }
  const fetched = () => fetchPackages(['asterisk'], SOURCE, join(folder, 'cache'), progress);
  const installed = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').at(-1)?.split(' ').slice(1);
  const sources = () => readFileSync(join(folder, 'cache/etc/sources.list'), 'utf8');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'denwaban-apt-'));
    process.env.PATH = `${folder}:${usualPath}`;
    progress = new Warnings();
  });
  afterEach(() => {
    process.env.PATH = usualPath;
    rmSync(folder, { recursive: true, force: true });
  });

  it('have the voice among them where the mirror has it', async () => {
    mirror('exit 0', true);
    expect(await fetched()).toMatchObject({ components: ['main', 'contrib'], voice: [VOICE], expired: false });
    expect(installed()).toEqual(['?essential', 'apt', 'asterisk', VOICE]);
    expect(progress.said).toEqual([]);
  });

  it.each([
    ['lacks that part of Debian', 'grep -q contrib "$sources" && exit 100', true],
    ['has that part without the voice', 'exit 0', false],
  ])('are fetched without it from a mirror that %s, which is told', async (_, update, knowsVoice) => {
    mirror(update, knowsVoice);
    expect(await fetched()).toMatchObject({ components: ['main'], voice: [] });
    expect(installed()).toEqual(['?essential', 'apt', 'asterisk']);
    expect(sources()).toBe(sourcesLine(SOURCE, ['main']));
    expect(progress.said).toEqual([expect.stringContaining(VOICE)]);
  });

  it('are not fetched from a mirror that does not answer, and no voice is blamed for it', async () => {
    mirror('exit 100', true);
    await expect(fetched()).rejects.toThrow(CommandFailed);
    expect(progress.said).toEqual([]);
  });

  it('may come from a mirror that is out of date, with the voice', async () => {
    mirror(
      'case "$*" in *Check-Valid-Until=false*) exit 0;; esac; echo "Release file is not valid anymore"; exit 100',
      true,
    );
    expect(await fetched()).toMatchObject({ voice: [VOICE], expired: true });
    expect(progress.said).toEqual([expect.stringContaining('valid until')]);
  });
});
