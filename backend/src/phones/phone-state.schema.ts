import { z } from 'zod';
import { Instant } from '../platform/schema.ts';

/** `unregistered` = no phone has registered under this extension; behind the pbx `reachable` says how the pbx is. */
export const PhoneStateName = z
  .enum(['registered', 'reachable', 'unregistered', 'unreachable', 'unknown'])
  .meta({ id: 'PhoneStateName' });

export const PhoneStates = z
  .object({
    phones: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        extension: z.string(),
        type: z.enum(['sip', 'pbx']),
        state: PhoneStateName,
        since: Instant.nullable(),
        /** Desks that ring it. */
        desks: z.array(z.object({ id: z.string(), name: z.string() })),
      }),
    ),
  })
  .meta({ id: 'PhoneStates' });
export type PhoneStates = z.infer<typeof PhoneStates>;

export const FreshSecret = z.object({ secret: z.string() }).meta({ id: 'FreshSecret' });
export type FreshSecret = z.infer<typeof FreshSecret>;

/** What has to be typed into a phone. */
export const PhoneSettings = z
  .object({
    /** As the office calls it. */
    name: z.string(),
    server: z.string(),
    port: z.int(),
    transport: z.enum(['udp', 'tls']),
    /** Also the extension and the name for the digest. */
    user: z.string(),
    password: z.string(),
    /** How the sound travels: `srtp` = encrypted, keys by SDES (RFC 4568). */
    media: z.enum(['rtp', 'srtp']),
    /** In order of preference; all others are to be switched off. */
    codecs: z.array(z.enum(['PCMU', 'PCMA'])),
    registrationSeconds: z.int(),
  })
  .meta({ id: 'PhoneSettings' });
export type PhoneSettings = z.infer<typeof PhoneSettings>;
