import { Injectable } from '@nestjs/common';
import { ApprovedRulesRepository } from '../blocklist/approved-rules.repository.ts';
import { callerKeys, decideBlock, matchKeyOf } from '../blocklist/block-decision.ts';
import { neverBlockedNumbers } from '../blocklist/never-blocked.ts';
import { comparableNumber, nationalNumber } from '../calls/number-folding.ts';
import { ConfigurationVersionRepository } from '../configuration/configuration-version.repository.ts';
import { ConfigurationInvalidError } from '../configuration/configuration.errors.ts';
import { findConfigurationProblems } from '../configuration/configuration-problems.ts';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { defaultConfiguration } from '../configuration/default-configuration.ts';
import { withKeptSecrets } from '../configuration/document-secrets.ts';
import { Clock } from '../platform/clock.ts';
import { ScheduleSwitchRepository } from '../schedules/schedule-switch.repository.ts';
import { LineUnknownError } from './routing.errors.ts';
import { simulate } from './simulate.ts';
import type { SimulatedCall, Simulation } from './simulation.schema.ts';

const NOT_IN_FORCE =
  '最新の設定は装置に反映できなかったため、実際の電話は、その前の設定のとおりに扱われています。設定の画面で理由をご確認ください。';

/** Answers what would become of a call, by the stored configuration or by one that is being written. */
@Injectable()
export class Simulator {
  constructor(
    private readonly versions: ConfigurationVersionRepository,
    private readonly switches: ScheduleSwitchRepository,
    private readonly rules: ApprovedRulesRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws ConfigurationInvalidError, LineUnknownError */
  async simulate({ document: draft, line: lineId, ...call }: SimulatedCall): Promise<Simulation> {
    const version = await this.versions.newest();
    const newest = version?.document ?? defaultConfiguration();
    // A draft is made from a document that was told without its secrets.
    const document = draft ? withKeptSecrets(draft, newest) : newest;
    const problems = findConfigurationProblems(document);
    if (problems.length > 0) throw new ConfigurationInvalidError(problems);
    const line = document.lines.find(({ id }) => id === lineId);
    if (!line) throw new LineUnknownError(lineId);
    const switches = await this.switches.activeAt(this.clock.now());
    const block = await this.blockOf(document, line.id, call);
    const simulation = simulate(document, line, call, new Map(switches.map((one) => [one.schedule, one])), block);
    return draft || version?.applied !== false
      ? simulation
      : { ...simulation, remarks: [...simulation.remarks, NOT_IN_FORCE] };
  }

  /** By the rules as they are now; those that will be approved by then are not known yet. */
  private async blockOf(document: ConfigurationDocument, line: string, call: Omit<SimulatedCall, 'document' | 'line'>) {
    const number = call.presentation === 'shown' && call.caller !== null ? nationalNumber(call.caller) : null;
    const presentation = call.presentation === 'shown' && number === null ? 'unavailable' : call.presentation;
    if (number !== null && neverBlockedNumbers(document).has(comparableNumber(number))) return null;
    const caller = { presentation, number, line };
    const at = new Date(call.at);
    const rules = Map.groupBy(await this.rules.at(callerKeys(caller), at), ({ match }) => matchKeyOf(match));
    return decideBlock(caller, (key) => rules.get(key) ?? [], at);
  }
}
