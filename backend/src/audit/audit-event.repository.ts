import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditEventEntity } from './audit-event.entity.ts';

@Injectable()
export class AuditEventRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns its id */
  async append(event: Omit<AuditEventEntity, 'id'>): Promise<string> {
    const rows: { id: string }[] = await this.dataSource.query(
      `INSERT INTO audit_events (at, user_id, action, subject, detail, remote_address)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
      [event.at, event.userId, event.action, event.subject, JSON.stringify(event.detail), event.remoteAddress],
    );
    return rows[0]?.id ?? '';
  }
}
