import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

const LOOK_EVERY_MS = 200;
const ANSWER_WITHIN_MS = 2500;

/**
 * Asks the console how the box is until it is well: people can log in and calls are filed.
 * @param url of the console, e.g. `https://127.0.0.1:8443`
 * @returns the last status heard (`ok`, `degraded`, `down`), or null when the console did not answer
 */
export async function waitUntilWell(url: string, caFile: string, patienceMs: number): Promise<string | null> {
  const ca = readFileSync(caFile, 'utf8');
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const status = await askHealth(`${url}/api/v1/health`, ca);
    if (status === 'ok' || performance.now() > deadline) return status;
    await pause(LOOK_EVERY_MS);
  }
}

function askHealth(url: string, ca: string): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get(url, { ca, agent: false, timeout: ANSWER_WITHIN_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve(statusIn(text)));
      response.on('error', () => resolve(null));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}

function statusIn(text: string): string | null {
  try {
    return z.object({ status: z.string() }).parse(JSON.parse(text)).status;
  } catch {
    return null;
  }
}
