import { mkdirSync, statSync } from 'node:fs';
import { createConnection, type Server } from 'node:net';
import { tryToListen } from '../one-at-a-time.ts';

export class HomeInUse extends Error {
  constructor(home: string, pid: string) {
    super(`DENWABAN_HOME: ${home} is in use by the box with pid ${pid}; stop that one, or choose another home`);
  }
}

/**
 * One starter per home. The lock is an abstract socket (unix(7)) named after the folder's device and inode: the kernel
 * takes it away with the process however it ends, and whoever is refused can ask it for the pid.
 */
export class HomeLock {
  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
  }

  /** @throws HomeInUse naming the pid of the other starter */
  static async take(home: string): Promise<HomeLock> {
    mkdirSync(home, { recursive: true, mode: 0o750 });
    const { dev, ino } = statSync(home);
    const address = `\0denwaban-home-${dev}-${ino}`;
    const server = await tryToListen(address, (socket) => {
      socket.on('error', () => undefined);
      socket.end(String(process.pid));
    });
    if (!server) throw new HomeInUse(home, await askForPid(address));
    return new HomeLock(server);
  }

  release(): void {
    this.server.close();
  }
}

function askForPid(address: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = createConnection(address)
      .setTimeout(1000, () => socket.destroy())
      .on('data', (chunk) => (answer += chunk.toString()))
      .on('error', () => undefined)
      .on('close', () => resolve(answer || 'unknown'));
  });
}
