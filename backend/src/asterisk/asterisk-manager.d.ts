/** `asterisk-manager` 0.2.0 ships no types; only what `AmiConnection` uses is declared. */
declare module 'asterisk-manager' {
  import type { TcpSocketConnectOpts } from 'node:net';

  type Item = Record<string, unknown>;

  class Manager {
    /** Without a port it does not connect by itself. */
    constructor(port: null, host: string, username: string, password: string, events: boolean);
    connect(options: TcpSocketConnectOpts & { signal?: AbortSignal }, host: undefined, callback: () => void): void;
    login(callback: (error?: Item) => void): void;
    /** @param action its `actionid` is used and deleted from the object */
    action(action: Item, callback: (error: Item | undefined, response: Item | undefined) => void): string;
    on(event: 'close' | 'error', listener: (error?: unknown) => void): void;
    on(event: 'managerevent', listener: (item: Item) => void): void;
    removeAllListeners(event?: string): void;
  }
  export default Manager;
}
