import { Injectable } from '@nestjs/common';
import { type Permission, PERMISSIONS } from '../platform/permissions.ts';
import type { UserEntity } from './user.entity.ts';

/** `public` and `session` are no permissions anybody holds: they say that none is needed. */
const EVERYTHING = new Set(PERMISSIONS.filter((permission) => permission !== 'public' && permission !== 'session'));

/** What a user may do. There is one kind of user so far, who may do everything. */
@Injectable()
export class Grants {
  permissionsOf(_user: UserEntity): ReadonlySet<Permission> {
    return EVERYTHING;
  }
}
