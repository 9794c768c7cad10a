import { z } from 'zod';
import { DisplayName, Identifier, PeerAddress, Port } from '../platform/schema.ts';

/** 外線: a connection to the carrier or gateway. A `peer` is recognised by its address alone. */
export const Trunk = z
  .strictObject({
    id: Identifier,
    name: DisplayName,
    type: z.literal('peer'),
    host: PeerAddress,
    port: Port.default(5060),
  })
  .meta({ id: 'Trunk' });
export type Trunk = z.infer<typeof Trunk>;
