import { delimiter, join } from 'node:path';
import { throughTool } from './tool-stream.ts';

/**
 * Encrypts with a passphrase in the age format (age-encryption.org/v1, scrypt), by the `age` of the runtime root and its
 * own plugin for programs: whoever has the file and the passphrase opens it with any age. In a process of its own,
 * because deriving the key takes a second and 256 MB, and playback does not wait for it.
 */
export class PassphraseEncryption {
  constructor(private readonly toolsDir: string) {}

  /** @throws ToolFailedError, and what `content` throws */
  encrypt(content: AsyncIterable<Uint8Array>, passphrase: string): AsyncGenerator<Buffer> {
    return throughTool(
      {
        command: join(this.toolsDir, 'age'),
        args: ['--encrypt', '-j', 'batchpass'],
        // It finds the plugin by name and hands its own descriptors on to it.
        environment: { PATH: [this.toolsDir, process.env.PATH].join(delimiter), AGE_PASSPHRASE_FD: '3' },
        secret: passphrase,
      },
      content,
    );
  }
}
