/** Lets time pass that is part of the story, e.g. a conversation. To wait for something, use `eventually`. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Looks again and again until `look` returns something other than undefined or false.
 * @param what completes the sentence "waited for ..."
 * @throws Error naming what was waited for and the last trouble
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  { withinMs = 15_000, everyMs = 50 }: { withinMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    let trouble: unknown;
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
    } catch (error) {
      trouble = error;
    }
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what} in vain`, { cause: trouble });
    await pause(everyMs);
  }
}
