/** What a person at the terminal sees. Colour only where it can be seen. */
export interface Progress {
  /** Says what is being done and, when it took noticeable time, how long it took. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

const NOTICEABLE_MS = 100;

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

export class TerminalProgress implements Progress {
  private readonly out: NodeJS.WritableStream;
  private readonly colour: boolean;

  constructor(out: NodeJS.WritableStream & { isTTY?: boolean } = process.stdout) {
    this.out = out;
    this.colour = out.isTTY === true && !process.env.NO_COLOR;
  }

  async step<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.line(this.paint('36', '▸'), `${title} ...`);
    const started = performance.now();
    const result = await work();
    const took = performance.now() - started;
    if (took >= NOTICEABLE_MS) this.line(this.paint('32', '✓'), `${title}: ${seconds(took)}`);
    return result;
  }

  info(text: string): void {
    this.line(' ', text);
  }

  warn(text: string): void {
    this.line(this.paint('33', '!'), `warning: ${text}`);
  }

  error(text: string): void {
    this.line(this.paint('31', '✗'), `error: ${text}`);
  }

  private line(mark: string, text: string): void {
    this.out.write(`${mark} ${text}\n`);
  }

  private paint(code: string, text: string): string {
    return this.colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

export class SilentProgress implements Progress {
  step<T>(_title: string, work: () => Promise<T>): Promise<T> {
    return work();
  }
  info(): void {
    /* nobody watches */
  }
  warn(): void {
    /* nobody watches */
  }
  error(): void {
    /* nobody watches */
  }
}
