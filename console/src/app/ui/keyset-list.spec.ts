import { describe, expect, it } from '@jest/globals';
import { ApiFailure } from '../api/api-failure.ts';
import { KeysetList, type Page } from './keyset-list.ts';

interface Row {
  id: string;
  text?: string;
}

const rows = (...ids: string[]): Row[] => ids.map((id) => ({ id }));

/** A list whose pages arrive when the test says so. */
function listInHand() {
  const asked: { query: string; cursor: string | null; answer: PromiseWithResolvers<Page<Row>> }[] = [];
  const list = new KeysetList<Row, string>((query, cursor) => {
    const answer = Promise.withResolvers<Page<Row>>();
    asked.push({ query, cursor, answer });
    return answer.promise;
  });
  const question = (index: number) => {
    const found = asked[index];
    if (!found) throw new Error(`question ${index} was never asked`);
    return found;
  };
  return { list, asked, question };
}

const outage = new ApiFailure('database-down', 'down', 503);

describe('a list by pages', () => {
  it('asks for the first page, then for each next one by cursor', async () => {
    const { list, question } = listInHand();
    expect(list.status()).toBe('idle');
    const searched = list.search('all');
    expect(list.status()).toBe('loading');
    question(0).answer.resolve({ items: rows('a', 'b'), nextCursor: 'after-b' });
    await searched;
    expect(list.hasMore()).toBe(true);

    const more = list.loadMore();
    expect(list.loadingMore()).toBe(true);
    expect(question(1)).toMatchObject({ query: 'all', cursor: 'after-b' });
    question(1).answer.resolve({ items: rows('c'), nextCursor: null });
    await expect(more).resolves.toBe(1);
    expect(list.items().map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(list.hasMore()).toBe(false);
  });

  it('drops an answer that a newer question has overtaken', async () => {
    const { list, question } = listInHand();
    const first = list.search('old');
    const second = list.search('new');
    question(1).answer.resolve({ items: rows('new'), nextCursor: null });
    await second;
    question(0).answer.resolve({ items: rows('old'), nextCursor: null });
    await first;
    expect(list.items()).toEqual(rows('new'));
  });

  it('drops a page that belongs to the search before', async () => {
    const { list, question } = listInHand();
    const searched = list.search('old');
    question(0).answer.resolve({ items: rows('a'), nextCursor: 'after-a' });
    await searched;
    const more = list.loadMore();
    const again = list.search('new');
    question(1).answer.resolve({ items: rows('b'), nextCursor: null });
    await expect(more).resolves.toBe(0);
    question(2).answer.resolve({ items: rows('z'), nextCursor: null });
    await again;
    expect(list.items()).toEqual(rows('z'));
  });

  it('keeps what stands on the screen until the new answer is there', async () => {
    const { list, question } = listInHand();
    const searched = list.search('all');
    question(0).answer.resolve({ items: rows('a'), nextCursor: null });
    await searched;
    void list.search('all');
    expect(list.items()).toEqual(rows('a'));
    expect(list.refreshing()).toBe(true);
  });

  it('says why the first page failed and asks again', async () => {
    const { list, question } = listInHand();
    const searched = list.search('all');
    question(0).answer.reject(outage);
    await searched;
    expect(list.status()).toBe('failed');
    expect(list.failure()).toBe(outage);
    const retried = list.retry();
    question(1).answer.resolve({ items: rows('a'), nextCursor: null });
    await retried;
    expect(list.status()).toBe('ready');
    expect(list.failure()).toBeNull();
  });

  it('keeps the rows when a further page fails and asks for that page again', async () => {
    const { list, question } = listInHand();
    const searched = list.search('all');
    question(0).answer.resolve({ items: rows('a'), nextCursor: 'after-a' });
    await searched;
    const more = list.loadMore();
    question(1).answer.reject(outage);
    await more;
    expect(list.items()).toEqual(rows('a'));
    expect(list.failure()).toBe(outage);
    const retried = list.retry();
    expect(question(2).cursor).toBe('after-a');
    question(2).answer.resolve({ items: rows('b'), nextCursor: null });
    await retried;
    expect(list.items()).toEqual(rows('a', 'b'));
    expect(list.failure()).toBeNull();
  });

  it('asks again, and for more, what was asked with null', async () => {
    const asked: (string | null)[] = [];
    const list = new KeysetList<Row, null>((_, cursor) => {
      asked.push(cursor);
      return asked.length === 1 ? Promise.reject(outage) : Promise.resolve({ items: [], nextCursor: 'next' });
    });
    await list.search(null);
    await list.retry();
    await list.loadMore();
    expect(asked).toEqual([null, null, 'next']);
  });

  it('asks for one further page at a time and never doubles a row', async () => {
    const { list, asked, question } = listInHand();
    const searched = list.search('all');
    question(0).answer.resolve({ items: rows('a', 'b'), nextCursor: 'after-b' });
    await searched;
    const more = list.loadMore();
    await expect(list.loadMore()).resolves.toBe(0);
    expect(asked).toHaveLength(2);
    question(1).answer.resolve({ items: rows('b', 'c'), nextCursor: null });
    await expect(more).resolves.toBe(1);
    expect(list.items().map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('replaces a row it holds, in its place, and no other', async () => {
    const { list, question } = listInHand();
    const searched = list.search('all');
    question(0).answer.resolve({ items: rows('a', 'b'), nextCursor: null });
    await searched;
    expect(list.replace({ id: 'a', text: 'changed' })).toBe(true);
    expect(list.replace({ id: 'x' })).toBe(false);
    expect(list.items()).toEqual([{ id: 'a', text: 'changed' }, { id: 'b' }]);
  });
});
