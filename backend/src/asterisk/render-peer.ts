import { PROBE_SECONDS } from '../platform/schema.ts';
import type { Section } from './section.ts';

/** A trunk's or the pbx's address, as far as it is said. */
interface Peer {
  host: string;
  port: number;
  probeSeconds?: number | undefined;
}

/** pjsip.conf, denwaban-peer-aor */
const LONGEST_WAIT_SECONDS = 3;

/**
 * Where a peer with a fixed address is reached, and how often it is asked whether it is there. It has to answer before it is asked
 * again: an older question that comes to nothing after a newer one was answered would make it one that is away.
 */
export function peerAorSection(name: string, { host, port, probeSeconds = PROBE_SECONDS }: Peer): Section {
  const wait = 0.9 * probeSeconds;
  return {
    name,
    template: 'denwaban-peer-aor',
    lines: [
      `contact = sip:${host}:${port}`,
      `qualify_frequency = ${probeSeconds}`,
      ...(probeSeconds > 0 && wait < LONGEST_WAIT_SECONDS ? [`qualify_timeout = ${wait.toFixed(1)}`] : []),
    ],
  };
}
