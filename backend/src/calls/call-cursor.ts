import { z } from 'zod';
import { InvalidInputError } from '../platform/errors.ts';

/** Where a page of calls ended: the next begins with the call just older than this one. */
export interface CallPosition {
  startedAt: Date;
  id: string;
}

const CURSOR = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const UNREADABLE = '続きの位置を読み取れません。最初から検索し直してください';

export const encodeCursor = ({ startedAt, id }: CallPosition): string =>
  Buffer.from(`${startedAt.getTime()}.${id}`).toString('base64url');

/** @throws InvalidInputError for anything `encodeCursor` does not give */
export function decodeCursor(cursor: string): CallPosition {
  const position = positionOf(cursor);
  if (!position) throw new InvalidInputError([{ path: '/cursor', message: UNREADABLE }]);
  return position;
}

/** For the one place where a cursor stands in an address: a time and an id, and no room for anything else. */
export const AddressedCursor = z
  .string()
  .max(200)
  .refine((cursor) => positionOf(cursor) !== null, { message: UNREADABLE });

function positionOf(cursor: string): CallPosition | null {
  const [, milliseconds, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const startedAt = new Date(Number(milliseconds));
  const isReadable = id !== undefined && !Number.isNaN(startedAt.getTime());
  return isReadable && encodeCursor({ startedAt, id }) === cursor ? { startedAt, id } : null;
}
