/** `ari-client` 2.2.0 ships no types; only what `AriConnection` uses is declared. */
declare module 'ari-client' {
  import type { EventEmitter } from 'node:events';

  /** Operations by resource and nickname of Asterisk's own api-docs, e.g. `client.channels.answer({ channelId })`. */
  type Operation = (parameters: Record<string, unknown>) => PromiseLike<unknown>;

  /** The `ws` socket: private in the library, see `AriConnection` for why it is needed. */
  interface Socket extends EventEmitter {
    ping(): void;
    terminate(): void;
  }

  interface Client {
    start(application: string, subscribeAll: boolean): PromiseLike<void>;
    _ws: Socket;
    [resource: string]: unknown;
  }

  const ari: { connect(url: string, user: string, password: string): PromiseLike<Client> };
  export default ari;
  export type { Client, Operation, Socket };
}
