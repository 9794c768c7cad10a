import { describe, expect, it } from '@jest/globals';
import { OnceMore } from './once-more.ts';

/** Work whose runs are let go one by one. */
function gated() {
  const gates: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const errors: unknown[] = [];
  const onceMore = new OnceMore(
    () => new Promise<void>((resolve, reject) => gates.push({ resolve, reject })),
    (error) => errors.push(error),
  );
  return { onceMore, gates, errors };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('work that runs once more', () => {
  it('runs one at a time, and once more however often it was asked for meanwhile', async () => {
    const { onceMore, gates } = gated();
    const first = onceMore.run();
    await Promise.all([onceMore.run(), onceMore.run(), onceMore.run()]);
    expect(gates).toHaveLength(1);
    gates[0]?.resolve();
    await settled();
    expect(gates).toHaveLength(2);
    gates[1]?.resolve();
    await first;
    expect(gates).toHaveLength(2);
  });

  it('tells of a failure, and runs again when it is asked for', async () => {
    const { onceMore, gates, errors } = gated();
    const first = onceMore.run();
    gates[0]?.reject(new Error('not now'));
    await first;
    expect(errors).toEqual([new Error('not now')]);
    void onceMore.run();
    expect(gates).toHaveLength(2);
  });

  it('runs again after a failure during which it was asked for, at the latest when it is asked once more', async () => {
    const { onceMore, gates } = gated();
    const first = onceMore.run();
    await onceMore.run();
    gates[0]?.reject(new Error('not now'));
    await first;
    void onceMore.run();
    expect(gates).toHaveLength(2);
  });
});
