import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, MoreThan } from 'typeorm';
import { SessionEntity } from './session.entity.ts';
import { UserEntity } from './user.entity.ts';

export interface LivingSession {
  session: SessionEntity;
  user: UserEntity;
}

@Injectable()
export class SessionRepository {
  constructor(private readonly dataSource: DataSource) {}

  async add(session: SessionEntity): Promise<void> {
    await this.dataSource.manager.insert(SessionEntity, session);
  }

  /** @returns null when there is no such session, it has ended by time, or its user is disabled */
  async living(tokenHash: Buffer, now: Date, seenSince: Date): Promise<LivingSession | null> {
    const session = await this.dataSource.manager.findOneBy(SessionEntity, {
      tokenHash,
      expiresAt: MoreThan(now),
      lastSeenAt: MoreThan(seenSince),
    });
    if (!session) return null;
    const user = await this.dataSource.manager.findOneBy(UserEntity, { id: session.userId, disabledAt: IsNull() });
    return user && { session, user };
  }

  async touch(tokenHash: Buffer, now: Date): Promise<void> {
    await this.dataSource.manager.update(SessionEntity, { tokenHash }, { lastSeenAt: now });
  }

  async remove(tokenHash: Buffer): Promise<void> {
    await this.dataSource.manager.delete(SessionEntity, { tokenHash });
  }

  /** @returns the sessions that were ended */
  async removeAllOf(userId: string): Promise<Buffer[]> {
    const ended = await this.dataSource.manager.findBy(SessionEntity, { userId });
    await this.dataSource.manager.delete(SessionEntity, { userId });
    return ended.map(({ tokenHash }) => tokenHash);
  }

  async removeEnded(now: Date, seenSince: Date): Promise<void> {
    await this.dataSource.query('DELETE FROM sessions WHERE expires_at <= $1 OR last_seen_at <= $2', [now, seenSince]);
  }
}
