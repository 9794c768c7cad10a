import { Module } from '@nestjs/common';
import { AuditEventRepository } from './audit-event.repository.ts';
import { AuditTrail } from './audit-trail.service.ts';

/** Stands on `PlatformModule`. */
@Module({ providers: [AuditEventRepository, AuditTrail], exports: [AuditTrail] })
export class AuditModule {}
