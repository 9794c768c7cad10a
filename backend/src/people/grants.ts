import { Injectable } from '@nestjs/common';
import { type Permission, PERMISSIONS } from '../platform/permissions.ts';
import type { UserEntity } from './user.entity.ts';

/** What a user may do. There is one kind of user so far, who may do everything. */
@Injectable()
export class Grants {
  permissionsOf(_user: UserEntity): ReadonlySet<Permission> {
    return new Set(PERMISSIONS);
  }
}
