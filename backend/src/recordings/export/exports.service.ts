import { Injectable } from '@nestjs/common';
import { type CallPosition, decodeCursor, encodeCursor } from '../../calls/call-cursor.ts';
import { CallSearchRepository } from '../../calls/call-search.repository.ts';
import { criteriaOf } from '../../calls/call-search.service.ts';
import { Clock } from '../../platform/clock.ts';
import { InvalidInputError, NotFoundError } from '../../platform/errors.ts';
import { lostInCp932 } from './call-list.ts';
import { ExportTooLargeError, NothingToExportError } from './export.errors.ts';
import { ExportRepository, type MadeExport, SILENCE_MS } from './export.repository.ts';
import {
  type ExportOrder,
  type ExportPage,
  type ExportState,
  type ExportView,
  MOST_RECORDINGS,
} from './export.schema.ts';
import { HeldPassphrases } from './held-passphrases.ts';

/** As long as a request for recordings is usually being dealt with; what is needed later is ordered anew, with a reason. */
const KEPT_MS = 7 * 86_400_000;
const PAGE = 50;

export interface Orderer {
  userId: string;
  remoteAddress: string | null;
}

@Injectable()
export class Exports {
  constructor(
    private readonly exports: ExportRepository,
    private readonly calls: CallSearchRepository,
    private readonly passphrases: HeldPassphrases,
    private readonly clock: Clock,
  ) {}

  /** @throws InvalidInputError, NothingToExportError, ExportTooLargeError */
  async create(order: ExportOrder, { userId, remoteAddress }: Orderer): Promise<ExportView> {
    const callIds = await this.listed(order);
    const { format, side, listEncoding, reason, passphrase, search } = order;
    const createdAt = this.clock.now();
    const names = listEncoding === 'cp932' ? await this.exports.namesOf(callIds) : [];
    const facts = {
      ...{ createdAt, createdBy: userId, reason, format, side, listEncoding },
      encrypted: passphrase !== undefined,
      lostCharacters: lostInCp932(names.join('')).join(''),
      expiresAt: new Date(createdAt.getTime() + KEPT_MS),
    };
    const id = await this.exports.create(facts, callIds, search ? { search } : {}, remoteAddress);
    if (passphrase !== undefined) this.passphrases.hold(id, passphrase, createdAt.getTime());
    return this.read(id, userId);
  }

  /** @throws NotFoundError */
  async read(id: string, userId: string): Promise<ExportView> {
    const found = await this.exports.find(id);
    if (!found) throw new NotFoundError();
    return this.view(found, userId);
  }

  /** @throws InvalidInputError when the cursor cannot be read */
  async list(cursor: string | undefined, userId: string): Promise<ExportPage> {
    const after: CallPosition | null = cursor === undefined ? null : decodeCursor(cursor);
    const found = await this.exports.list(after, PAGE + 1);
    const page = found.slice(0, PAGE);
    const last = found.length > PAGE ? page.at(-1)?.made : undefined;
    return {
      exports: page.map((made) => this.view(made, userId)),
      nextCursor: last ? encodeCursor({ startedAt: last.createdAt, id: last.id }) : null,
    };
  }

  private async listed({ search, callIds }: ExportOrder): Promise<string[]> {
    if (callIds) return this.named(callIds);
    const found = await this.calls.endedIds(criteriaOf({ ...search, limit: 1 }), MOST_RECORDINGS + 1);
    if (found.length === 0) throw new NothingToExportError();
    if (found.length > MOST_RECORDINGS) throw new ExportTooLargeError();
    return found;
  }

  private async named(callIds: readonly string[]): Promise<string[]> {
    const asked = [...new Set(callIds)];
    const known = await this.exports.known(asked);
    const unknown = asked.filter((id) => !known.has(id));
    if (unknown.length === 0) return asked;
    const message = '通話が見つかりません。一覧を最新の状態に更新して、選び直してください';
    throw new InvalidInputError(unknown.map((id) => ({ path: `/callIds/${callIds.indexOf(id)}`, message })));
  }

  private view(found: MadeExport, userId: string): ExportView {
    const { made, creatorName } = found;
    const { id, reason, format, side, listEncoding, encrypted } = made;
    const { calls, done, withoutAudio, missing, sizeBytes } = made;
    const now = this.clock.now();
    return {
      ...{ id, reason, format, side, listEncoding, encrypted },
      createdAt: made.createdAt.toISOString(),
      createdBy: { id: made.createdBy, name: creatorName },
      own: made.createdBy === userId,
      passphraseNeeded: encrypted && this.passphrases.find(id, now.getTime()) === null,
      expiresAt: made.expiresAt.toISOString(),
      state: stateOf(found, now),
      progress: { calls, done, withoutAudio, missing, sizeBytes },
      startedAt: made.startedAt?.toISOString() ?? null,
      endedAt: made.endedAt?.toISOString() ?? null,
      lostCharacters: Array.from(made.lostCharacters),
    };
  }
}

/** A download whose process has died is known by its silence; one that began before the export expired goes on. */
export function stateOf({ made }: Pick<MadeExport, 'made'>, now: Date): ExportState {
  const silent = now.getTime() - (made.aliveAt?.getTime() ?? 0) > SILENCE_MS;
  if (made.state === 'running' && !silent) return 'running';
  if (made.expiresAt <= now) return 'expired';
  return made.state === 'running' ? 'interrupted' : made.state;
}
