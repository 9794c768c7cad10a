import { BYTES_PER_FRAME } from '../sealing/pcm.ts';
import type { AudioFormat } from './audio-format.ts';
import { DECODING as OPUS } from './opus-encoder.ts';
import type { Segment } from './sound-layout.ts';
import { runTool, SoundToolFailedError } from './sound-tool.ts';
import { Turns } from './turns.ts';

/** Seconds of sound are decoded in some ten milliseconds; what takes this long hangs. */
const TIMEOUT_MS = 20_000;
/** Listeners at once that make the processor busy; the others wait the blink that a segment takes. */
const AT_ONCE = 2;

const FLAC = ['--silent', '--decode', '--stdout', '--force-raw-format', '--endian=little', '--sign=signed', '-'];

/** Decodes one segment at a time by the tools of the runtime root: nothing stays behind while a listener pauses. */
export class SegmentDecoder {
  private readonly turns = new Turns(AT_ONCE);

  constructor(private readonly toolsDir: string) {}

  /**
   * @param stream as made by `SoundLayout.stream`
   * @returns interleaved stereo as in `pcm.ts`, from the first to the last frame of the segment
   * @throws SoundToolFailedError
   */
  async decode(format: AudioFormat, segment: Segment, stream: Buffer): Promise<Buffer> {
    const [tool, args] = format === 'flac' ? ['flac', FLAC] : ['opusdec', [...OPUS, '-', '-']];
    const parts: Buffer[] = [];
    await this.turns.take(() =>
      runTool({
        ...{ command: `${this.toolsDir}/${tool}`, args, input: [stream], timeoutMs: TIMEOUT_MS },
        output: (bytes) => parts.push(bytes),
      }),
    );
    const { skipFrames, firstFrame, endFrame } = segment;
    const wanted = (endFrame - firstFrame) * BYTES_PER_FRAME;
    const pcm = Buffer.concat(parts)
      .subarray(skipFrames * BYTES_PER_FRAME)
      .subarray(0, wanted);
    if (pcm.length !== wanted) throw new SoundToolFailedError(`${tool}: ${pcm.length} of ${wanted} bytes were decoded`);
    return pcm;
  }
}
