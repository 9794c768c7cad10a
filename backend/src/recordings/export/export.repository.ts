import { createHash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, In, type FindOptionsSelect } from 'typeorm';
import { AuditEventEntity } from '../../audit/audit-event.entity.ts';
import type { CallPosition } from '../../calls/call-cursor.ts';
import { CallEntity } from '../../calls/call.entity.ts';
import { UserEntity } from '../../people/user.entity.ts';
import { RecordingEntity } from '../recording.entity.ts';
import { ExportEntity, ExportItemEntity } from './export.entity.ts';

/** What the list and the file names tell of a call. */
const TOLD = {
  ...{ id: true, direction: true, number: true, presentation: true, lineId: true, lineName: true, dialled: true },
  ...{ deskId: true, deskName: true, phoneId: true, phoneName: true, outcome: true, startedAt: true, endedAt: true },
} as const satisfies FindOptionsSelect<CallEntity>;
export type ExportedCall = Pick<CallEntity, keyof typeof TOLD>;

/** A line of an export with what is known about it now. */
export interface ExportItem {
  position: number;
  callId: string;
  recordingId: string | null;
  call: ExportedCall | null;
  recording: RecordingEntity | null;
}

export type NewExport = Pick<
  ExportEntity,
  | 'createdAt'
  | 'createdBy'
  | 'reason'
  | 'format'
  | 'side'
  | 'listEncoding'
  | 'encrypted'
  | 'lostCharacters'
  | 'expiresAt'
>;

export type ExportProgress = Pick<ExportEntity, 'done' | 'withoutAudio' | 'missing' | 'sizeBytes'>;

/** An export and who made it. */
export interface MadeExport {
  made: ExportEntity;
  creatorName: string;
}

/** A download whose process has said nothing for this long has died. */
export const SILENCE_MS = 30_000;

/** The only place that writes exports. */
@Injectable()
export class ExportRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Fixes the list and leaves the trace of it, in one step.
   * @param callIds in the order of the list
   * @param asked what was asked for, for the trace
   */
  async create(
    facts: NewExport,
    callIds: readonly string[],
    asked: Record<string, unknown>,
    remoteAddress: string | null,
  ): Promise<string> {
    const id = randomUUID();
    await this.dataSource.transaction(async (manager) => {
      await manager.insert(ExportEntity, { ...facts, id, state: 'ready', calls: callIds.length, sizeBytes: 0 });
      const items: { call_id: string; recording_id: string | null }[] = await manager.query(
        `INSERT INTO export_items (export_id, position, call_id, recording_id)
         SELECT $1, listed.position, listed.call_id, recording.id
         FROM unnest($2::uuid[]) WITH ORDINALITY AS listed(call_id, position)
         LEFT JOIN recordings recording ON recording.call_id = listed.call_id
         ORDER BY listed.position RETURNING call_id, recording_id`,
        [id, callIds],
      );
      // Rows could be taken out of the list later; what was written down now commits to all of them.
      const listed = items.map((item) => `${item.call_id} ${item.recording_id ?? '-'}\n`).join('');
      const listSha256 = createHash('sha256').update(listed).digest('hex');
      const { createdBy, createdAt: at, reason, format, side, listEncoding, encrypted } = facts;
      await manager.insert(AuditEventEntity, {
        ...{ at, userId: createdBy, action: 'export.create', subject: id, remoteAddress },
        detail: { ...asked, reason, format, side, listEncoding, encrypted, calls: callIds.length, listSha256 },
      });
    });
    return id;
  }

  async find(id: string): Promise<MadeExport | null> {
    const [found] = await this.withCreators(await this.dataSource.manager.findBy(ExportEntity, { id }));
    return found ?? null;
  }

  /** @returns newest first, at most `limit`, all older than `after` */
  async list(after: CallPosition | null, limit: number): Promise<MadeExport[]> {
    const query = this.dataSource.manager
      .createQueryBuilder(ExportEntity, 'made')
      .orderBy('made.createdAt', 'DESC')
      .addOrderBy('made.id', 'DESC')
      .limit(limit);
    if (after) query.where('(made.createdAt, made.id) < (:at, :id)', { at: after.startedAt, id: after.id });
    return this.withCreators(await query.getMany());
  }

  /** @returns the ids among these that are calls */
  async known(callIds: readonly string[]): Promise<Set<string>> {
    const rows: { id: string }[] = await this.dataSource.query('SELECT id FROM calls WHERE id = ANY($1::uuid[])', [
      callIds,
    ]);
    return new Set(rows.map(({ id }) => id));
  }

  /** @returns every name that the list of these calls will hold, each once */
  async namesOf(callIds: readonly string[]): Promise<string[]> {
    const rows: { name: string | null }[] = await this.dataSource.query(
      `SELECT DISTINCT unnest(ARRAY[line_name, desk_name, phone_name]) AS name FROM calls WHERE id = ANY($1::uuid[])`,
      [callIds],
    );
    return rows.flatMap(({ name }) => name ?? []);
  }

  /** Lines after a position, in order, with their calls and recordings as they are now. */
  async items(exportId: string, after: number, limit: number): Promise<ExportItem[]> {
    const { manager } = this.dataSource;
    const items = await manager
      .createQueryBuilder(ExportItemEntity, 'item')
      .where('item.exportId = :exportId AND item.position > :after', { exportId, after })
      .orderBy('item.position')
      .limit(limit)
      .getMany();
    const callIds = items.map(({ callId }) => callId);
    const calls = await manager.find(CallEntity, { where: { id: In(callIds) }, select: TOLD });
    const recordings = await manager.findBy(RecordingEntity, { callId: In(callIds) });
    const [callOf, recordingOf] = [
      new Map(calls.map((call) => [call.id, call])),
      new Map(recordings.map((row) => [row.callId, row])),
    ];
    return items.map(({ position, callId, recordingId }) => ({
      ...{ position, callId, recordingId },
      call: callOf.get(callId) ?? null,
      recording: recordingOf.get(callId) ?? null,
    }));
  }

  /**
   * Takes an export for one download.
   * @returns whether it was free
   */
  async claim(id: string, now: Date): Promise<boolean> {
    const { affected } = await this.dataSource
      .createQueryBuilder()
      .update(ExportEntity)
      .set({
        ...{ state: 'running', startedAt: now, aliveAt: now, endedAt: null },
        ...{ done: 0, withoutAudio: 0, missing: 0, sizeBytes: 0 },
      })
      .where("id = :id AND (state <> 'running' OR alive_at < :silent)", {
        id,
        silent: new Date(now.getTime() - SILENCE_MS),
      })
      .execute();
    return (affected ?? 0) > 0;
  }

  /** Says how far the download that began at `startedAt` is; another one's is left alone. */
  async progress(id: string, startedAt: Date, aliveAt: Date, progress: ExportProgress): Promise<void> {
    await this.dataSource.manager.update(ExportEntity, { id, startedAt, state: 'running' }, { ...progress, aliveAt });
  }

  /** Says how the download that began at `startedAt` went, and leaves the trace of it, in one step. */
  async end(
    ended: { id: string; userId: string; startedAt: Date; endedAt: Date; remoteAddress: string | null },
    state: 'completed' | 'interrupted',
    progress: ExportProgress,
  ): Promise<void> {
    const { id, userId, startedAt, endedAt, remoteAddress } = ended;
    await this.dataSource.transaction(async (manager) => {
      await manager.update(ExportEntity, { id, startedAt }, { ...progress, state, endedAt });
      await manager.insert(AuditEventEntity, {
        ...{ at: endedAt, userId, action: 'export.end', subject: id, remoteAddress, detail: { state, ...progress } },
      });
    });
  }

  private async withCreators(exports: ExportEntity[]): Promise<MadeExport[]> {
    const ids = [...new Set(exports.map(({ createdBy }) => createdBy))];
    const users = await this.dataSource.manager.findBy(UserEntity, { id: In(ids) });
    const names = new Map(users.map(({ id, name }) => [id, name]));
    return exports.map((made) => ({ made, creatorName: names.get(made.createdBy) ?? '' }));
  }
}
