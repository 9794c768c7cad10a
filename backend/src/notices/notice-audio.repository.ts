import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { ConfigurationVersionEntity } from '../configuration/configuration.entity.ts';
import { UserEntity } from '../people/user.entity.ts';
import { NoticeAudioEntity } from './notice-audio.entity.ts';

export interface CreatedAudio {
  audio: NoticeAudioEntity;
  creatorName: string | null;
}

/** A notice of the newest configuration. */
export interface AudioUse {
  id: string;
  name: string;
  audio: string;
}

@Injectable()
export class NoticeAudioRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Without the sounds themselves, newest first. */
  async list(): Promise<CreatedAudio[]> {
    const { manager } = this.dataSource;
    const stored = await manager.find(NoticeAudioEntity, { order: { createdAt: 'DESC', id: 'ASC' } });
    const ids = [...new Set(stored.flatMap(({ createdBy }) => createdBy ?? []))];
    const users = await manager.find(UserEntity, { where: { id: In(ids) }, select: { id: true, name: true } });
    const names = new Map(users.map(({ id, name }) => [id, name]));
    return stored.map((audio) => ({ audio, creatorName: names.get(audio.createdBy ?? '') ?? null }));
  }

  async byId(id: string): Promise<NoticeAudioEntity | null> {
    return this.dataSource.manager.findOneBy(NoticeAudioEntity, { id });
  }

  /** @returns null when there is no such audio */
  async pcm(id: string): Promise<Buffer | null> {
    const found = await this.dataSource.manager.findOne(NoticeAudioEntity, {
      where: { id },
      select: { id: true, pcm: true },
    });
    return found?.pcm ?? null;
  }

  async knownIds(): Promise<Set<string>> {
    const rows = await this.dataSource.manager.find(NoticeAudioEntity, { select: { id: true } });
    return new Set(rows.map(({ id }) => id));
  }

  /**
   * Stores a sound once. What is there already stays as it is.
   * @param most how many there may be
   * @returns `full` when there are as many already
   */
  async add(audio: NoticeAudioEntity, most: number): Promise<'added' | 'there' | 'full'> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('LOCK TABLE notice_audio IN SHARE ROW EXCLUSIVE MODE');
      if (await manager.existsBy(NoticeAudioEntity, { id: audio.id })) return 'there';
      if ((await manager.count(NoticeAudioEntity)) >= most) return 'full';
      await manager.insert(NoticeAudioEntity, audio);
      return 'added';
    });
  }

  /**
   * Removes what the newest configuration does not play. No version can be added meanwhile.
   * @returns null when there is no such audio; else by what it is in use: it is gone when that is empty
   */
  async remove(id: string): Promise<AudioUse[] | null> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('LOCK TABLE configuration_versions IN SHARE ROW EXCLUSIVE MODE');
      if (!(await manager.existsBy(NoticeAudioEntity, { id }))) return null;
      const uses = (await usesOf(manager)).filter(({ audio }) => audio === id);
      if (uses.length === 0) await manager.delete(NoticeAudioEntity, { id });
      return uses;
    });
  }

  async uses(): Promise<AudioUse[]> {
    return usesOf(this.dataSource.manager);
  }
}

/** Of the newest version, and of the one in force should that be an older one. */
async function usesOf(manager: EntityManager): Promise<AudioUse[]> {
  const [newest, inForce] = await Promise.all(
    [{}, { applied: true }].map(async (where) => {
      const [found] = await manager.find(ConfigurationVersionEntity, { where, order: { version: 'DESC' }, take: 1 });
      return found?.document.notices ?? [];
    }),
  );
  const uses = new Map(
    [...(inForce ?? []), ...(newest ?? [])].map((notice) => [`${notice.id} ${notice.audio}`, notice]),
  );
  return [...uses.values()].map(({ id, name, audio }) => ({ id, name, audio }));
}
