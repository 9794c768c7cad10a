import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { BlockAction } from './block-rule.schema.ts';

/** A rule against callers, from its proposal on. What decides about calls never changes; who wants it otherwise proposes anew. */
@Entity('block_rules')
export class BlockRuleEntity {
  @PrimaryColumn('uuid') id: string;
  /** As of `matchKeyOf`. */
  @Column('text') matchKey: string;
  /** null = all. */
  @Column('text', { array: true, nullable: true }) lines: string[] | null;
  @Column('jsonb') action: BlockAction;
  @Column('text') reason: string;
  @Column('text') note: string;
  @Column('uuid') proposedBy: string;
  @Column({ type: 'timestamptz', precision: 3 }) proposedAt: Date;
  @Column('uuid', { nullable: true }) approvedBy: string | null;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) approvedAt: Date | null;
  @Column('uuid', { nullable: true }) withdrawnBy: string | null;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) withdrawnAt: Date | null;
  @Column('text', { nullable: true }) withdrawnReason: string | null;
  @Column({ type: 'timestamptz', precision: 0 }) startsAt: Date;
  @Column({ type: 'timestamptz', precision: 0, nullable: true }) expiresAt: Date | null;
  @Column('date') reviewOn: string;
  @Column('uuid', { nullable: true }) batch: string | null;
  /** Of its last change; given under a lock, so that they become visible in order. */
  @Column('bigint') revision: string;
}
