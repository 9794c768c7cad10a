import { InvalidInputError } from '../platform/errors.ts';

/** Where a page of calls ended: the next begins with the call just older than this one. */
export interface CallPosition {
  startedAt: Date;
  id: string;
}

const CURSOR = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const encodeCursor = ({ startedAt, id }: CallPosition): string =>
  Buffer.from(`${startedAt.getTime()}.${id}`).toString('base64url');

/** @throws InvalidInputError for anything `encodeCursor` does not give */
export function decodeCursor(cursor: string): CallPosition {
  const [, milliseconds, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const startedAt = new Date(Number(milliseconds));
  if (id === undefined || Number.isNaN(startedAt.getTime()) || encodeCursor({ startedAt, id }) !== cursor) {
    throw new InvalidInputError([
      { path: '/cursor', message: '続きの位置を読み取れません。最初から検索し直してください' },
    ]);
  }
  return { startedAt, id };
}
