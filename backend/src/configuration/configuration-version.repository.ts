import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, LessThan } from 'typeorm';
import { AuditEventEntity } from '../audit/audit-event.entity.ts';
import type { AuditedAct } from '../audit/audit-trail.service.ts';
import { isOwnAudio } from '../notices/notice-audio-id.ts';
import { NoticeAudioEntity } from '../notices/notice-audio.entity.ts';
import { Clock } from '../platform/clock.ts';
import { missingOwnAudio } from './configuration-problems.ts';
import { ConfigurationInvalidError } from './configuration.errors.ts';
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

  /** @returns versions newest first, at most `limit`; all older than `before`, if there is one */
  async older(before: number | null, limit: number): Promise<ConfigurationVersionEntity[]> {
    return this.dataSource.manager.find(ConfigurationVersionEntity, {
      ...(before !== null && { where: { version: LessThan(before) } }),
      order: { version: 'DESC' },
      take: limit,
    });
  }

  /**
   * Adds a version on top of `onTopOf` (0 = there must be none yet; null = whatever is newest).
   * @param act its trace, whose subject is the version; null = it leaves none. One is never there without the other.
   * @returns null when another version has become the newest meanwhile
   * @throws ConfigurationInvalidError when it names sounds that are not there; none can be deleted meanwhile
   */
  async add(
    document: ConfigurationDocument,
    createdBy: string | null,
    onTopOf: number | null,
    act: Omit<AuditedAct, 'subject'> | null = null,
  ): Promise<ConfigurationVersionEntity | null> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('LOCK TABLE configuration_versions IN EXCLUSIVE MODE');
      const newest = (await manager.maximum(ConfigurationVersionEntity, 'version')) ?? 0;
      if (onTopOf !== null && newest !== onTopOf) return null;
      const missing = missingOwnAudio(document, await ownAudioOf(manager, document));
      if (missing.length > 0) throw new ConfigurationInvalidError(missing);
      const added = manager.create(ConfigurationVersionEntity, {
        document,
        createdBy,
        createdAt: this.clock.now(),
        applied: null,
        appliedError: null,
      });
      await manager.insert(ConfigurationVersionEntity, added);
      if (act) await leaveTrace(manager, act, added);
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

async function leaveTrace(
  manager: EntityManager,
  { userId, action, detail = {}, remoteAddress = null }: Omit<AuditedAct, 'subject'>,
  { version, createdAt }: ConfigurationVersionEntity,
): Promise<void> {
  const subject = String(version);
  await manager.insert(AuditEventEntity, { at: createdAt, userId, action, subject, detail, remoteAddress });
}

async function ownAudioOf(manager: EntityManager, { notices }: ConfigurationDocument): Promise<Set<string>> {
  const named = notices.map(({ audio }) => audio).filter(isOwnAudio);
  const there = await manager.find(NoticeAudioEntity, { where: { id: In(named) }, select: { id: true } });
  return new Set(there.map(({ id }) => id));
}
