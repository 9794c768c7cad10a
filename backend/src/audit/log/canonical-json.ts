/** Has no canonical form. */
export class NotCanonicalError extends Error {
  override readonly name = 'NotCanonicalError';
  constructor(readonly path: string) {
    super(`${path === '' ? 'the value' : path} has no canonical form`);
  }
}

/**
 * The canonical form of RFC 8785: no white space, properties sorted by UTF-16 code units (3.2.3), strings and numbers as
 * ECMAScript writes them (3.2.2). Properties that are undefined are left out, as `JSON.stringify` does, so that a value
 * has the same form before and after it was stored as JSON.
 * @throws NotCanonicalError for what is no JSON: not finite, bigint, functions, dates and other instances, lone surrogates
 */
export function canonicalJson(value: unknown, path = ''): string {
  if (value === null || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'string' && value.isWellFormed()) return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => canonicalJson(item, `${path}[${index}]`)).join(',')}]`;
  }
  if (isPlainObject(value)) {
    const names = Object.keys(value)
      .filter((name) => value[name] !== undefined)
      .sort();
    return `{${names.map((name) => property(name, value[name], path)).join(',')}}`;
  }
  throw new NotCanonicalError(path);
}

function property(name: string, value: unknown, path: string): string {
  const place = path === '' ? name : `${path}.${name}`;
  return `${canonicalJson(name, place)}:${canonicalJson(value, place)}`;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
