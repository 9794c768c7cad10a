import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigurationDocument } from './configuration.schema.ts';
import { placeInWords } from './document-words.ts';

/** Names of all fields that a document may have, wherever they stand; keys that people choose themselves are none. */
function fieldsIn(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(fieldsIn);
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (keyword !== 'properties' && keyword !== '$defs') return fieldsIn(value);
    const parts = Object.entries(value as object);
    return [
      ...(keyword === 'properties' ? parts.map(([name]) => name) : []),
      ...parts.flatMap(([, part]) => fieldsIn(part)),
    ];
  });
}

const fields = [...new Set(fieldsIn(z.toJSONSchema(ConfigurationDocument)))];

describe('the words for a place in the document', () => {
  it.each(fields)('has one for %s', (field) => {
    expect(placeInWords([field], [])).not.toBe(field);
  });

  it('looks at every field there is', () => {
    for (const field of ['trunks', 'resumeAfterSeconds', 'endsByItself', 'bargeIn']) expect(fields).toContain(field);
  });
});
