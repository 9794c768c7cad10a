import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { access, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sine } from './listen.ts';
import { encodeUlaw } from './ulaw.ts';

const run = promisify(execFile);

/** Longer than any call of the tests; a tone that ends early would be taken for a fault of the box. */
const TONE_SECONDS = 900;

/** Makes the sound files that the parties play: tones, silence, and Japanese by the installed synthesiser. */
export class SoundStudio {
  private readonly toolsDir: string;
  private readonly directory: string;
  private readonly insideDirectory: string;

  /**
   * @param directory where the sound files go
   * @param insideDirectory the same place as the town's Asterisk sees it
   */
  constructor(toolsDir: string, directory: string, insideDirectory: string) {
    this.toolsDir = toolsDir;
    this.directory = directory;
    this.insideDirectory = insideDirectory;
  }

  /**
   * Speaks kana, which is all the synthesiser can read.
   * @returns the path without extension, for Asterisk
   */
  async speech(kana: string): Promise<string> {
    const name = `speech-${createHash('sha256').update(kana).digest('hex').slice(0, 16)}`;
    return await this.once(name, async (file) => {
      const wav = `${file}.wav`;
      await run(join(this.toolsDir, 'espeak-ng'), ['-v', 'ja', '-s', '150', '-w', wav, kana]);
      await run(join(this.toolsDir, 'sox'), [wav, '-r', '8000', '-c', '1', '-t', 'ul', file]);
    });
  }

  /** @param hz a whole number, so that each second continues the one before; 0 is silence */
  async tone(hz: number): Promise<string> {
    return await this.once(`tone-${hz}`, async (file) => {
      const second = encodeUlaw(sine(hz, 1000));
      await writeFile(file, Buffer.concat(Array.from({ length: TONE_SECONDS }, () => second)));
    });
  }

  private async once(name: string, make: (file: string) => Promise<void>): Promise<string> {
    const file = join(this.directory, `${name}.ulaw`);
    const there = await access(file).then(
      () => true,
      () => false,
    );
    if (!there) {
      const part = `${file}.${randomUUID()}`;
      await make(part);
      await rename(part, file);
    }
    return join(this.insideDirectory, name);
  }
}
