import { type EntityManager } from 'typeorm';
import { type TreeNode } from './log/merkle.ts';

/** A stored subtree that should be there is not. */
export class MissingNodeError extends Error {
  override readonly name = 'MissingNodeError';
  constructor(
    readonly level: number,
    readonly index: number,
  ) {
    super(`node ${level}/${index} of the log is missing`);
  }
}

interface Wanted {
  level: number;
  index: number;
  found: (hash: Buffer) => void;
  missing: (error: Error) => void;
}

/** `NodeAt` over the table: what is asked for in one go is fetched by one statement. */
export class StoredNodes {
  private wanted: Wanted[] = [];

  constructor(private readonly manager: EntityManager) {}

  /** @throws MissingNodeError */
  readonly at = (level: number, index: number): Promise<Buffer> =>
    new Promise((found, missing) => {
      if (this.wanted.length === 0) queueMicrotask(() => void this.fetch());
      this.wanted.push({ level, index, found, missing });
    });

  private async fetch(): Promise<void> {
    const asked = this.wanted;
    this.wanted = [];
    try {
      const hashes = await findNodes(this.manager, asked);
      for (const { level, index, found, missing } of asked) {
        const hash = hashes.get(`${level}/${index}`);
        if (hash) found(hash);
        else missing(new MissingNodeError(level, index));
      }
    } catch (error) {
      asked.forEach(({ missing }) => missing(error as Error));
    }
  }
}

/** @returns hashes by `level/index`; nothing for nodes that are not there */
export async function findNodes(
  manager: EntityManager,
  places: readonly Pick<TreeNode, 'level' | 'index'>[],
): Promise<Map<string, Buffer>> {
  const rows: { level: number; index: string; hash: Buffer }[] = await manager.query(
    `SELECT n.level, n.index, n.hash FROM unnest($1::smallint[], $2::bigint[]) AS asked(level, index)
     JOIN log_nodes n ON n.level = asked.level AND n.index = asked.index`,
    [places.map(({ level }) => level), places.map(({ index }) => index)],
  );
  return new Map(rows.map(({ level, index, hash }) => [`${level}/${index}`, hash]));
}
