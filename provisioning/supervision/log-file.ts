import { closeSync, openSync, renameSync, statSync, writeSync } from 'node:fs';

/** A log file that keeps itself below `limitBytes`, with one predecessor `<path>.1`. */
export class LogFile {
  private readonly path: string;
  private readonly limitBytes: number;
  private file: number | null = null;
  private size = 0;

  constructor(path: string, limitBytes = 20 * 1024 * 1024) {
    this.path = path;
    this.limitBytes = limitBytes;
  }

  /** A log that cannot be written (disk full) must not take down what it is about. */
  write(line: string): void {
    try {
      this.append(Buffer.from(`${line}\n`));
    } catch {
      this.close();
    }
  }

  private append(bytes: Buffer): void {
    if (this.file !== null && this.size + bytes.length > this.limitBytes) {
      this.close();
      renameSync(this.path, `${this.path}.1`);
    }
    if (this.file === null) {
      this.file = openSync(this.path, 'a', 0o640);
      this.size = statSync(this.path).size;
    }
    this.size += writeSync(this.file, bytes);
  }

  close(): void {
    if (this.file !== null) closeSync(this.file);
    this.file = null;
  }
}
