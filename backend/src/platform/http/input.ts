import { z } from 'zod';
import { InvalidInputError } from '../errors.ts';

/** JSON pointer (RFC 6901) of a place in a document. */
export const jsonPointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => '/' + String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('');

/** Messages of what the schemas themselves say nothing about. */
export const japanese = z.locales.ja().localeError;

/**
 * @returns what the schema makes of `value`
 * @throws InvalidInputError naming every wrong place by JSON pointer, in Japanese
 */
export function validate<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value, { error: japanese });
  if (result.success) return result.data;
  throw new InvalidInputError(result.error.issues.map(({ path, message }) => ({ path: jsonPointer(path), message })));
}
