import { Controller } from '@nestjs/common';
import { type Asked, Route } from '../platform/http/route.ts';
import { SimulatedCall, Simulation } from './simulation.schema.ts';
import { Simulator } from './simulator.service.ts';

@Controller()
export class RoutingController {
  constructor(private readonly simulator: Simulator) {}

  @Route({
    method: 'post',
    path: '/routing/simulate',
    access: 'routing.simulate',
    summary: 'What would become of a call, node by node and with reasons; nobody is called',
    body: SimulatedCall,
    response: Simulation,
  })
  async simulateCall({ body }: Asked & { body: SimulatedCall }): Promise<Simulation> {
    return this.simulator.simulate(body);
  }
}
