/** What a `Range` header asks for of a content of known size. `first` and `last` are offsets, both included. */
export type ByteRange = { kind: 'whole' } | { kind: 'part'; first: number; last: number } | { kind: 'unsatisfiable' };

const WHOLE: ByteRange = { kind: 'whole' };
const UNSATISFIABLE: ByteRange = { kind: 'unsatisfiable' };

/**
 * RFC 9110, 14.1.2 and 14.2. A header that is not valid, has another unit or asks for several ranges at once is
 * ignored, as the RFC allows: the whole content answers it.
 * @param header value of `Range`
 * @param sizeBytes size of the whole content
 */
export function parseByteRange(header: string | undefined, sizeBytes: number): ByteRange {
  const match = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(header ?? '');
  if (!match) return WHOLE;
  const [, from = '', to = ''] = match;
  if (from === '') return to === '' ? WHOLE : lastBytes(Number(to), sizeBytes);
  const first = Number(from);
  if (to !== '' && Number(to) < first) return WHOLE;
  if (first >= sizeBytes) return UNSATISFIABLE;
  return { kind: 'part', first, last: to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1) };
}

function lastBytes(count: number, sizeBytes: number): ByteRange {
  if (count === 0 || sizeBytes === 0) return UNSATISFIABLE;
  return { kind: 'part', first: Math.max(0, sizeBytes - count), last: sizeBytes - 1 };
}
