import { Controller } from '@nestjs/common';
import { ConfigurationVersionRepository } from '../configuration/configuration-version.repository.ts';
import { HealthReadingRepository } from '../health/health-reading.repository.ts';
import { stateOfThing } from '../health/health-view.ts';
import { Clock } from '../platform/clock.ts';
import { Route } from '../platform/http/route.ts';
import { TrunkStateName, TrunkStates } from './trunk-state.schema.ts';

@Controller()
export class TrunksController {
  constructor(
    private readonly versions: ConfigurationVersionRepository,
    private readonly reading: HealthReadingRepository,
    private readonly clock: Clock,
  ) {}

  @Route({
    method: 'get',
    path: '/trunks',
    access: 'health.read',
    summary: 'How each trunk is: registered, reachable or why not, and since when',
    response: TrunkStates,
  })
  async listTrunks(): Promise<TrunkStates> {
    const [newest, reports] = await Promise.all([this.versions.newest(), this.reading.reports()]);
    const now = this.clock.now();
    const trunks = (newest?.document.trunks ?? []).map(({ id, name, type }) => {
      const { state, detail, since, roundTripMs } = stateOfThing(`trunk:${id}`, reports, now);
      return { id, name, type, state: TrunkStateName.catch('unknown').parse(state), detail, since, roundTripMs };
    });
    return { trunks };
  }
}
