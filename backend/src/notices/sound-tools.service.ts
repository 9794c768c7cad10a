import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Settings } from '../platform/settings.ts';
import { runTool, SoundToolFailedError } from '../recordings/formats/sound-tool.ts';
import { Turns } from '../recordings/formats/turns.ts';
import { SoundToolsBusyError } from './notice-audio.errors.ts';

/** Nothing takes more than two seconds, but niced it gets a tenth of a busy processor; what takes this long hangs. */
const TIMEOUT_MS = 60_000;
/** A hostile file may ask for any amount; none of the tools needs a quarter of this. */
const MOST_MEMORY_BYTES = 1024 ** 3;
const MOST_PROCESSOR_SECONDS = 10;
/** Of the longest sound that is taken, at 48 kHz and with two channels, there is 33 MiB. */
const MOST_OUTPUT_BYTES = 40 * 1024 * 1024;
/** The person who waits behind more than these is better told to come again. */
const MOST_WAITING = 8;

/** What a tool made of a file has no end, or none that is waited for. */
export class TooMuchSoundError extends SoundToolFailedError {}

/** Runs the tools of the runtime root on what people give us: one at a time, niced, and with limits of the kernel. */
@Injectable()
export class SoundTools {
  private readonly turns = new Turns(1);
  private asked = 0;

  /** For what comes or goes as a file; what is left there after a start is of no use to anybody. */
  readonly scratch: string;

  constructor(private readonly settings: Settings) {
    this.scratch = join(settings.layout.run, 'notice-audio');
  }

  /**
   * @param input nothing for tools that read a file
   * @returns standard output
   * @throws SoundToolFailedError, SoundToolsBusyError
   */
  run = async (tool: string, args: readonly string[], input: Buffer = Buffer.alloc(0)): Promise<Buffer> => {
    if (this.asked > MOST_WAITING) throw new SoundToolsBusyError();
    this.asked++;
    try {
      return await this.turns.take(() => this.runNow(tool, args, input));
    } finally {
      this.asked--;
    }
  };

  private async runNow(tool: string, args: readonly string[], input: Buffer): Promise<Buffer> {
    const { toolsDir } = this.settings.endpoints;
    const limits = [`--as=${MOST_MEMORY_BYTES}`, `--cpu=${MOST_PROCESSOR_SECONDS}`, '--core=0', '--'];
    const chunks: Buffer[] = [];
    let bytes = 0;
    const ran = runTool({
      ...{ command: `${toolsDir}/prlimit`, args: [...limits, `${toolsDir}/${tool}`, ...args], timeoutMs: TIMEOUT_MS },
      input: [input],
      output: (chunk) => {
        bytes += chunk.length;
        if (bytes <= MOST_OUTPUT_BYTES) chunks.push(chunk);
      },
    });
    await ran.catch((error: unknown) => {
      if (bytes <= MOST_OUTPUT_BYTES) throw error;
    });
    if (bytes > MOST_OUTPUT_BYTES) throw new TooMuchSoundError(`${tool} puts out too much`);
    return Buffer.concat(chunks);
  }
}
