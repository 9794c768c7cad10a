/**
 * Work that brings something up to date, so that one run at a time is enough: asked for while it runs, it runs once more
 * afterwards.
 */
export class OnceMore {
  private running = false;
  private again = false;

  /** @param failed told when the work fails; it is not tried again until it is asked for */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Never rejects. Asked for during a run, it returns at once. */
  async run(): Promise<void> {
    this.again = true;
    if (this.running) return;
    this.running = true;
    try {
      while (this.again) {
        this.again = false;
        await this.work();
      }
    } catch (error) {
      this.failed(error);
    } finally {
      this.running = false;
    }
  }
}
