import type { Settings } from '../../../backend/src/platform/settings.ts';

/** A telephony process at its worst: it claims every call and then does nothing. */
export class SilentClaimer {
  claimed = 0;

  private constructor(private readonly socket: WebSocket) {}

  static async start(settings: Settings): Promise<SilentClaimer> {
    const base = `127.0.0.1:${settings.endpoints.ariPort}/ari`;
    const key = `api_key=denwaban:${settings.secret('ari-password')}`;
    const socket = new WebSocket(`ws://${base}/events?app=denwaban&${key}`);
    const claimer = new SilentClaimer(socket);
    socket.onmessage = ({ data }) => {
      const event = JSON.parse(String(data)) as { type: string; channel?: { id: string } };
      if (event.type !== 'CallBroadcast' || !event.channel) return;
      claimer.claimed += 1;
      void fetch(`http://${base}/events/claim?channelId=${event.channel.id}&application=denwaban&${key}`, {
        method: 'POST',
      });
    };
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    return claimer;
  }

  stop(): void {
    this.socket.close();
  }
}
