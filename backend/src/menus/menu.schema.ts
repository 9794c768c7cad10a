import { z } from 'zod';
import { DisplayName, Identifier } from '../platform/schema.ts';

/** What a caller presses: one key, or up to four for menus with many choices. */
const Keys = z.string().regex(/^[0-9*#]{1,4}$/, 'キーは 0〜9、*、# の1〜4桁にしてください');

/** What the choice is about, for whoever reads the flow or the timeline. */
const choice = <T extends string, S extends z.core.$ZodLooseShape>(then: T, shape: S) =>
  z.strictObject({ then: z.literal(then), keys: Keys, name: DisplayName.optional(), ...shape });

/** `go` = on to a node; `repeat` = hear the menu again; `back` = to the menu this one was chosen in. */
export const MenuChoice = z
  .discriminatedUnion('then', [choice('go', { node: Identifier }), choice('repeat', {}), choice('back', {})])
  .meta({ id: 'MenuChoice' });
export type MenuChoice = z.infer<typeof MenuChoice>;

/**
 * 案内メニュー: says `notice` and waits for keys. A key that means nothing, and no key within the time, are a failed try:
 * after `retries` more of them the call goes on at `otherwise`.
 */
export const MenuNode = z.strictObject({
  type: z.literal('menu'),
  notice: Identifier,
  choices: z.array(MenuChoice).min(1, '選択肢を1つ以上作ってください').max(50),
  /** Whether a key cuts short what the menu says, after a failed try too. */
  bargeIn: z.boolean().default(true),
  /** From the end of the notice to the first key. */
  firstKeySeconds: z.int().min(1).max(30).default(5),
  /** Between two keys, where more than one may follow. */
  nextKeySeconds: z.int().min(1).max(10).default(2),
  retries: z.int().min(0).max(5).default(2),
  /** Said before the menu is said again. */
  invalidNotice: Identifier.nullable().default(null),
  noKeyNotice: Identifier.nullable().default(null),
  otherwise: Identifier,
});
export type MenuNode = z.infer<typeof MenuNode>;

/** Choices by key in one call. A fax machine that happens to press keys does not circle for ever. */
export const MOST_CHOICES = 30;
