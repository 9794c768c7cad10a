import type { Logger } from '../platform/logging.ts';

/** A logger that keeps what it is told. */
export function recordingLogger(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const keep = (fields: unknown, message: unknown) => void lines.push(JSON.stringify([message, fields]));
  return { logger: { info: keep, warn: keep, error: keep, log: keep } as unknown as Logger, lines };
}

/** Waits for a condition, and fails by its name when it does not come. */
export async function until(name: string, condition: () => boolean, withinMs = 3000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`never: ${name}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
