import { isDeepStrictEqual } from 'node:util';
import { KEPT_SECRET } from '../platform/secret.schema.ts';
import { placeInWords } from './document-words.ts';

/** Keys whose values are shown to nobody. */
const SECRET_KEYS = new Set(['secret', 'password']);

/**
 * One difference between two documents. `path` is a JSON pointer (RFC 6901) in which the things of a list stand by their id
 * rather than by their place; `move` = the same things in another order, told by their ids.
 */
export interface DocumentChange {
  op: 'add' | 'remove' | 'replace' | 'move';
  path: string;
  /** The same for people, e.g. `電話機「市民課1」 › 内線番号`. */
  place: string;
  /** Absent for `add`. Secrets are hidden. */
  before?: unknown;
  /** Absent for `remove`. */
  after?: unknown;
}

type Raw = Omit<DocumentChange, 'path' | 'place'> & { keys: string[] };
type Fields = Record<string, unknown>;
type Identified = Fields & { id: string };

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isIdentified = (value: unknown): value is Identified => isFields(value) && typeof value.id === 'string';
const areIdentified = (value: unknown): value is Identified[] => Array.isArray(value) && value.every(isIdentified);

/** @returns what leads from one document to the other, in the order of the document; nothing when they say the same */
export function documentChanges(before: unknown, after: unknown): DocumentChange[] {
  return rawChanges(before, after, []).map(({ op, keys, ...values }) => ({
    op,
    path: keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    place: placeInWords(keys, [after, before]),
    ...shown(values, keys),
  }));
}

function rawChanges(before: unknown, after: unknown, keys: string[]): Raw[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isFields(before) && isFields(after)) return changesOfFields(before, after, keys);
  if (areIdentified(before) && areIdentified(after)) return changesOfList(before, after, keys);
  return [{ op: 'replace', keys, before, after }];
}

function changesOfFields(before: Fields, after: Fields, keys: string[]): Raw[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name): Raw[] => {
    const here = [...keys, name];
    const [was, is] = [own(before, name), own(after, name)];
    // A field that is not said and one that says nothing are the same.
    if (was === undefined) return is === undefined ? [] : [{ op: 'add', keys: here, after: is }];
    if (is === undefined) return [{ op: 'remove', keys: here, before: was }];
    return rawChanges(was, is, here);
  });
}

function changesOfList(before: Identified[], after: Identified[], keys: string[]): Raw[] {
  const [was, is] = [byId(before), byId(after)];
  const changes = changesOfFields(was, is, keys);
  const kept = (list: Identified[]) =>
    list.map(({ id }) => id).filter((id) => Object.hasOwn(was, id) && Object.hasOwn(is, id));
  const order = { before: kept(before), after: kept(after) };
  return isDeepStrictEqual(order.before, order.after) ? changes : [...changes, { op: 'move', keys, ...order }];
}

/** Something may be called `constructor`. */
const own = (fields: Fields, name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined);

const byId = (list: Identified[]): Fields => Object.fromEntries(list.map((item) => [item.id, item]));

function shown(values: { before?: unknown; after?: unknown }, keys: string[]): { before?: unknown; after?: unknown } {
  const isSecret = SECRET_KEYS.has(keys.at(-1) ?? '');
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, isSecret ? KEPT_SECRET : withoutSecrets(value)]),
  );
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, SECRET_KEYS.has(key) ? KEPT_SECRET : withoutSecrets(inner)]),
  );
}
