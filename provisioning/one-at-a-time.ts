import { mkdirSync, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';

const LOOK_AGAIN_MS = 200;

/**
 * Does `work` while no other process does the same for this folder; two starters of one checkout must not build the same
 * thing into each other's files. Like the lock of a home, it cannot outlive its process.
 * @param waiting called once when somebody else is at it
 */
export async function oneAtATime<T>(folder: string, waiting: () => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const { dev, ino } = statSync(folder);
  const address = `\0denwaban-work-${dev}-${ino}`;
  let server = await tryToListen(address);
  if (!server) waiting();
  while (!server) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    server = await tryToListen(address);
  }
  try {
    return await work();
  } finally {
    server.close();
  }
}

/** @returns null when somebody listens there already */
export function tryToListen(address: string, onAsked?: (socket: Socket) => void): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer(onAsked);
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(address, () => resolve(server.unref()));
  });
}
