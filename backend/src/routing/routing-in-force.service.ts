import { Injectable } from '@nestjs/common';
import { ConfigurationInForce } from '../configuration/configuration-in-force.ts';
import type { Line } from '../lines/line.schema.ts';
import { Clock } from '../platform/clock.ts';
import { SwitchesInForce } from '../schedules/switches-in-force.service.ts';
import type { Circumstances } from './decide.ts';

/** What decisions about live calls rest on at this moment. All of it is in memory: nobody waits for it. */
@Injectable()
export class RoutingInForce {
  constructor(
    private readonly configuration: ConfigurationInForce,
    private readonly switches: SwitchesInForce,
    private readonly clock: Clock,
  ) {}

  line(id: string): Line | null {
    return this.configuration.line(id);
  }

  circumstances(): Circumstances {
    const document = this.configuration.document ?? {};
    return { document, switches: this.switches.current, at: this.clock.now() };
  }
}
