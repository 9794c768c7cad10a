import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock.ts';
import { UserEntity } from './user.entity.ts';

@Injectable()
export class UserRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async byLogin(login: string): Promise<UserEntity | null> {
    return this.dataSource.manager.findOneBy(UserEntity, { login });
  }

  async byId(id: string): Promise<UserEntity | null> {
    return this.dataSource.manager.findOneBy(UserEntity, { id });
  }

  async count(): Promise<number> {
    return this.dataSource.manager.count(UserEntity);
  }

  async add(user: Pick<UserEntity, 'login' | 'name' | 'passwordHash' | 'mustChangePassword'>): Promise<UserEntity> {
    const entity = { ...user, id: randomUUID(), disabledAt: null, createdAt: this.clock.now() };
    await this.dataSource.manager.insert(UserEntity, entity);
    return entity;
  }

  async setPassword(id: string, passwordHash: string, mustChangePassword: boolean): Promise<void> {
    await this.dataSource.manager.update(UserEntity, { id }, { passwordHash, mustChangePassword });
  }
}
