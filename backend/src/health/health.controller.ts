import { Controller } from '@nestjs/common';
import { Route } from '../platform/http/route.ts';
import { Health, HealthDetails } from './health.schema.ts';
import { HealthService } from './health.service.ts';

@Controller()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Route({
    method: 'get',
    path: '/health',
    access: 'public',
    summary: 'Whether the box is well, and nothing more',
    response: Health,
  })
  async readHealth(): Promise<Health> {
    const { status } = await this.health.details();
    return { status };
  }

  @Route({
    method: 'get',
    path: '/health/details',
    access: 'health.read',
    summary: 'Every check of the box, versions, storage, trunks and phones',
    response: HealthDetails,
  })
  async readHealthDetails(): Promise<HealthDetails> {
    return this.health.details();
  }
}
