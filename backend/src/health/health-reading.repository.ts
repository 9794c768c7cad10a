import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { HealthReportEntity } from './health-report.entity.ts';

/** The reading side of the health reports. */
@Injectable()
export class HealthReadingRepository {
  constructor(private readonly dataSource: DataSource) {}

  async reports(): Promise<HealthReportEntity[]> {
    return this.dataSource.manager.find(HealthReportEntity, { order: { checkId: 'ASC' } });
  }
}
