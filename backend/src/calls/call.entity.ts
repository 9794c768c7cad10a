import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { BlockActionType } from '../blocklist/block-rule.schema.ts';
import type { CallOutcome, CallState, RecorderHealth } from './call.schema.ts';
import type { Presentation } from './journal.schema.ts';

/** One conversation. Derived from its journal; names are kept as they were at the time of the call. */
@Entity('calls')
@Index('calls_newest', ['startedAt', 'id'])
export class CallEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('text') direction: 'incoming' | 'outgoing' | 'internal';
  @Column('text', { nullable: true }) number: string | null;
  @Column('text') presentation: Presentation;
  @Column('text') trunkId: string;
  @Column('text', { nullable: true }) lineId: string | null;
  @Column('text', { nullable: true }) lineName: string | null;
  @Column('text') dialled: string;
  @Column('text', { nullable: true }) deskId: string | null;
  @Column('text', { nullable: true }) deskName: string | null;
  @Column('text', { nullable: true }) phoneId: string | null;
  @Column('text', { nullable: true }) phoneName: string | null;
  @Column('text') state: CallState;
  @Column('text', { nullable: true }) outcome: CallOutcome | null;
  @Column('boolean') callbackRequested: boolean;
  @Column('boolean') marked: boolean;
  @Column('boolean') emergency: boolean;
  @Column('text', { nullable: true }) reason: string | null;
  @Column('uuid', { nullable: true }) blockRuleId: string | null;
  @Column('text', { nullable: true }) blockAction: BlockActionType | null;
  @Column({ type: 'timestamptz', precision: 3 }) startedAt: Date;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) answeredAt: Date | null;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) endedAt: Date | null;
  @Column('text', { nullable: true }) handledBy: 'backend' | 'fallback' | null;
  @Column('int', { nullable: true }) endCause: number | null;
  @Column('text', { nullable: true }) endedBy: 'caller' | 'office' | 'box' | 'lost' | null;
  @Column('text') recorder: RecorderHealth;
  /** Number of journal lines this row was derived from: a later derivation never loses to an earlier one. */
  @Column('int') journalLines: number;
  /** The journal itself, kept for the timeline and for deriving again. */
  @Column('jsonb') journal: unknown;
}
