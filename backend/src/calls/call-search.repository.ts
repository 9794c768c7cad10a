import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { RecordingEntity } from '../recordings/recording.entity.ts';
import type { CallPosition } from './call-cursor.ts';
import { CallEntity } from './call.entity.ts';
import type { CallOutcome } from './call.schema.ts';

export interface CallCriteria {
  /** Inclusive. */
  from?: Date;
  /** Exclusive. */
  to?: Date;
  /** Folded; matches any part. */
  number?: string;
  line?: string;
  outcome?: CallOutcome;
  callbackRequested?: boolean;
  marked?: boolean;
}

/** A call without its journal, and its recording as far as there is one. */
export interface FoundCall {
  call: Omit<CallEntity, 'journal'>;
  recording: RecordingEntity | null;
}

/** A call as it is watched, with its journal. */
export interface FoundLiveCall {
  call: CallEntity;
  recording: RecordingEntity | null;
}

/** Every column but the journal, which a list never shows and which is most of the row. */
const LISTED = Object.keys({
  ...{ id: true, direction: true, number: true, presentation: true, trunkId: true, lineId: true, lineName: true },
  ...{ dialled: true, deskId: true, deskName: true, phoneId: true, phoneName: true, state: true, outcome: true },
  ...{
    callbackRequested: true,
    marked: true,
    emergency: true,
    reason: true,
    blockRuleId: true,
    blockAction: true,
    startedAt: true,
    answeredAt: true,
    endedAt: true,
    handledBy: true,
  },
  ...{ endCause: true, endedBy: true, recorder: true, journalLines: true },
} satisfies Record<keyof FoundCall['call'], true>).map((column) => `call.${column}`);

type WithRecording = CallEntity & { recording?: RecordingEntity | null };

/** The reading side of the calls table. */
@Injectable()
export class CallSearchRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns calls newest first, at most `limit`, all older than `after` */
  async search(criteria: CallCriteria, after: CallPosition | null, limit: number): Promise<FoundCall[]> {
    const query = this.listed().orderBy('call.startedAt', 'DESC').addOrderBy('call.id', 'DESC').limit(limit);
    narrow(query, criteria);
    if (after)
      query.andWhere('(call.startedAt, call.id) < (:afterAt, :afterId)', {
        afterAt: after.startedAt,
        afterId: after.id,
      });
    return found(query);
  }

  /** @returns ids of calls that are over, oldest first, at most `limit` */
  async endedIds(criteria: CallCriteria, limit: number): Promise<string[]> {
    const query = this.dataSource.manager.createQueryBuilder(CallEntity, 'call').select('call.id', 'id');
    query.orderBy('call.startedAt').addOrderBy('call.id').limit(limit).where('call.endedAt IS NOT NULL');
    narrow(query, criteria);
    return (await query.getRawMany<{ id: string }>()).map(({ id }) => id);
  }

  /** @param alsoIds calls to return whether they are in progress or not */
  async inProgress(alsoIds: readonly string[] = []): Promise<FoundLiveCall[]> {
    return found(this.watched().where('call.endedAt IS NULL OR call.id = ANY(:alsoIds)', { alsoIds }));
  }

  async watchedByIds(ids: readonly string[]): Promise<FoundLiveCall[]> {
    return found(this.watched().where('call.id = ANY(:ids)', { ids }));
  }

  async withJournal(id: string): Promise<{ call: CallEntity; recording: RecordingEntity | null } | null> {
    const [call, recording] = await Promise.all([
      this.dataSource.manager.findOneBy(CallEntity, { id }),
      this.dataSource.manager.findOneBy(RecordingEntity, { callId: id }),
    ]);
    return call && { call, recording };
  }

  private watched(): SelectQueryBuilder<CallEntity> {
    return this.listed().addSelect('call.journal');
  }

  private listed(): SelectQueryBuilder<CallEntity> {
    return this.dataSource.manager
      .createQueryBuilder(CallEntity, 'call')
      .select(LISTED)
      .leftJoinAndMapOne('call.recording', RecordingEntity, 'recording', 'recording.callId = call.id');
  }
}

function narrow(query: SelectQueryBuilder<CallEntity>, criteria: CallCriteria): void {
  const { from, to, number, line, outcome, callbackRequested, marked } = criteria;
  if (from) query.andWhere('call.startedAt >= :from', { from });
  if (to) query.andWhere('call.startedAt < :to', { to });
  if (number !== undefined) query.andWhere('call.number LIKE :number', { number: `%${number}%` });
  if (line !== undefined) query.andWhere('call.lineId = :line', { line });
  if (outcome) query.andWhere('call.outcome = :outcome', { outcome });
  if (callbackRequested !== undefined) {
    query.andWhere(callbackRequested ? 'call.callbackRequested' : 'NOT call.callbackRequested');
  }
  if (marked !== undefined) query.andWhere(marked ? 'call.marked' : 'NOT call.marked');
}

async function found(query: SelectQueryBuilder<CallEntity>): Promise<FoundLiveCall[]> {
  const calls = (await query.getMany()) as WithRecording[];
  return calls.map((call) => ({ call, recording: call.recording ?? null }));
}
