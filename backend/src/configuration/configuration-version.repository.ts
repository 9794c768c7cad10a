import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock.ts';
import { ConfigurationVersionEntity } from './configuration.entity.ts';
import type { ConfigurationDocument } from './configuration.schema.ts';

/** Versions of the configuration document. A version's document never changes; only what became of it does. */
@Injectable()
export class ConfigurationVersionRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async newest(): Promise<ConfigurationVersionEntity | null> {
    const [newest] = await this.dataSource.manager.find(ConfigurationVersionEntity, {
      order: { version: 'DESC' },
      take: 1,
    });
    return newest ?? null;
  }

  async byVersion(version: number): Promise<ConfigurationVersionEntity | null> {
    return this.dataSource.manager.findOneBy(ConfigurationVersionEntity, { version });
  }

  /**
   * Adds a version on top of `onTopOf` (0 = there must be none yet; null = whatever is newest).
   * @returns null when another version has become the newest meanwhile
   */
  async add(
    document: ConfigurationDocument,
    createdBy: string | null,
    onTopOf: number | null,
  ): Promise<ConfigurationVersionEntity | null> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('LOCK TABLE configuration_versions IN EXCLUSIVE MODE');
      const newest = (await manager.maximum(ConfigurationVersionEntity, 'version')) ?? 0;
      if (onTopOf !== null && newest !== onTopOf) return null;
      const added = manager.create(ConfigurationVersionEntity, {
        document,
        createdBy,
        createdAt: this.clock.now(),
        applied: null,
        appliedError: null,
      });
      await manager.insert(ConfigurationVersionEntity, added);
      return added;
    });
  }

  /** What became of a version in Asterisk. @param error null = in force */
  async settle(version: number, error: string | null): Promise<void> {
    await this.dataSource.manager.update(
      ConfigurationVersionEntity,
      { version },
      { applied: error === null, appliedError: error },
    );
  }
}
