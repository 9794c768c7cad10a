import { Injectable } from '@nestjs/common';
import { DataSource, LessThanOrEqual, MoreThan } from 'typeorm';
import { ScheduleSwitchEntity } from './schedule-switch.entity.ts';

@Injectable()
export class ScheduleSwitchRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Those that have not ended at the instant. */
  async activeAt(at: Date): Promise<ScheduleSwitchEntity[]> {
    return this.dataSource.manager.find(ScheduleSwitchEntity, {
      where: { until: MoreThan(at) },
      order: { schedule: 'ASC' },
    });
  }

  /** Replaces the one of the same schedule; what has ended by then goes. */
  async put(one: ScheduleSwitchEntity): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.delete(ScheduleSwitchEntity, { until: LessThanOrEqual(one.setAt) });
      await manager.upsert(ScheduleSwitchEntity, one, ['schedule']);
    });
  }

  async of(schedule: string): Promise<ScheduleSwitchEntity | null> {
    return this.dataSource.manager.findOneBy(ScheduleSwitchEntity, { schedule });
  }

  /** @returns whether there was one */
  async remove(schedule: string): Promise<boolean> {
    return ((await this.dataSource.manager.delete(ScheduleSwitchEntity, { schedule })).affected ?? 0) > 0;
  }
}
