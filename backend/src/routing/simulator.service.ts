import { Injectable } from '@nestjs/common';
import { ConfigurationVersionRepository } from '../configuration/configuration-version.repository.ts';
import { ConfigurationInvalidError } from '../configuration/configuration.errors.ts';
import { findConfigurationProblems } from '../configuration/configuration-problems.ts';
import { defaultConfiguration } from '../configuration/default-configuration.ts';
import { Clock } from '../platform/clock.ts';
import { ScheduleSwitchRepository } from '../schedules/schedule-switch.repository.ts';
import { LineUnknownError } from './routing.errors.ts';
import { simulate } from './simulate.ts';
import type { SimulatedCall, Simulation } from './simulation.schema.ts';

/** Answers what would become of a call, by the stored configuration or by one that is being written. */
@Injectable()
export class Simulator {
  constructor(
    private readonly versions: ConfigurationVersionRepository,
    private readonly switches: ScheduleSwitchRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws ConfigurationInvalidError, LineUnknownError */
  async simulate({ document: draft, line: lineId, ...call }: SimulatedCall): Promise<Simulation> {
    const document = draft ?? (await this.versions.newest())?.document ?? defaultConfiguration();
    const problems = findConfigurationProblems(document);
    if (problems.length > 0) throw new ConfigurationInvalidError(problems);
    const line = document.lines.find(({ id }) => id === lineId);
    if (!line) throw new LineUnknownError(lineId);
    const switches = await this.switches.activeAt(this.clock.now());
    return simulate(document, line, call, new Map(switches.map((one) => [one.schedule, one])));
  }
}
