import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { type DocumentChange, documentChanges } from './document-changes.ts';
import { anyDocument, smallOffice } from './document.fixture.ts';

/** Does to a document what a change says; secrets apart, which are hidden. */
function apply(document: unknown, { op, path, after }: DocumentChange): unknown {
  const keys = path.split('/').slice(1);
  const change = (part: unknown, [key = '', ...rest]: string[]): unknown => {
    if (Array.isArray(part)) {
      const items = part as { id: string }[];
      if (op === 'move' && rest.length === 0 && key === '') return moved(items, after as string[]);
      if (rest.length > 0) return items.map((item) => (item.id === key ? change(item, rest) : item));
      const others = items.filter(({ id }) => id !== key);
      return op === 'remove' ? others : [...others, after];
    }
    const fields = part as Record<string, unknown>;
    if (rest.length > 0) return { ...fields, [key]: change(fields[key], rest) };
    if (op === 'move') return { ...fields, [key]: moved(fields[key] as { id: string }[], after as string[]) };
    const others = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
    return op === 'remove' ? others : { ...others, [key]: after };
  };
  return change(document, keys);
}
function moved(items: { id: string }[], order: string[]): unknown[] {
  const others = items.filter(({ id }) => !order.includes(id));
  return [...order.flatMap((id) => items.find((item) => item.id === id) ?? []), ...others];
}
/** Lists that are told by ids, in any order; a document says the same whatever the order of keys. */
const inAnyOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    const items = value.map(inAnyOrder) as ({ id?: string } | null)[];
    return items.every((item) => typeof item?.id === 'string')
      ? items.toSorted((one, other) => (one?.id ?? '').localeCompare(other?.id ?? ''))
      : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inAnyOrder(inner)]));
};
const withoutSecrets = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'secret' ? '********' : inner)));

describe('what leads from one document to another', () => {
  it('is an addition also of a thing with a name that every object has', () => {
    const after = smallOffice();
    const desk = { id: 'constructor', name: '建設課', members: ['p201'], ringSeconds: 20 };
    after.desks.push(desk);
    expect(documentChanges(smallOffice(), after)).toEqual([
      { op: 'add', path: '/desks/constructor', place: '窓口「建設課」', after: desk },
    ]);
  });

  it('is nothing when they say the same, whatever the order of their keys', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const turned = Object.fromEntries(Object.entries(document).toReversed());
        expect(documentChanges(document, turned)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('leads there', () => {
    fc.assert(
      fc.property(anyDocument, anyDocument, (before, after) => {
        const reached = documentChanges(before, after).reduce<unknown>(apply, withoutSecrets(before));
        expect(inAnyOrder(reached)).toEqual(inAnyOrder(withoutSecrets(after)));
      }),
      { numRuns: 60 },
    );
  });

  it('shows no secret, neither a changed one nor one of something that came or went', () => {
    fc.assert(
      fc.property(anyDocument, anyDocument, (before, after) => {
        const told = JSON.stringify(documentChanges(before, after));
        for (const phone of [...before.phones, ...after.phones])
          if (phone.type === 'sip') expect(told).not.toContain(`"${phone.secret}"`);
      }),
      { numRuns: 60 },
    );
    const after = smallOffice();
    after.phones = after.phones.map((phone) => ({ ...phone, secret: 'another-secret' }) as typeof phone);
    expect(documentChanges(smallOffice(), after)[0]).toEqual({
      op: 'replace',
      path: '/phones/p201/secret',
      place: '電話機「市民課1」 › パスワード',
      before: '********',
      after: '********',
    });
  });

  it('is told by the names that things have now', () => {
    const after = smallOffice();
    after.desks = after.desks.map((desk) => ({ ...desk, name: '住民課', ringSeconds: 30 }));
    after.lines = after.lines.map((line) => ({
      ...line,
      flow: { ...line.flow, nodes: { ...line.flow.nodes, end: { type: 'end', cause: 'busy' } } },
    }));
    after.phones = after.phones.filter(({ id }) => id !== 'p301');
    after.pbx = null;
    expect(documentChanges(smallOffice(), after).map(({ op, path, place }) => [op, path, place])).toEqual([
      ['replace', '/pbx', '主装置'],
      ['remove', '/phones/p301', '電話機「税務課1」'],
      ['replace', '/desks/shimin/name', '窓口「住民課」 › 名前'],
      ['replace', '/desks/shimin/ringSeconds', '窓口「住民課」 › 呼び出し時間(秒)'],
      ['replace', '/lines/main/flow/nodes/end/cause', '着信番号「代表」 › 着信フロー › 手順「end」 › 切断理由'],
    ]);
  });

  it('tells of another order by ids', () => {
    const after = smallOffice();
    after.phones.reverse();
    expect(documentChanges(smallOffice(), after)).toEqual([
      { op: 'move', path: '/phones', place: '電話機', before: ['p201', 'p301'], after: ['p301', 'p201'] },
    ]);
  });
});
