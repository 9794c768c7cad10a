import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, NotCanonicalError } from './canonical-json.ts';
import {
  type AuditEventLeaf,
  commitToDetail,
  decodeLeaf,
  encodeLeaf,
  hashOfLeaf,
  type Leaf,
  MalformedLeafError,
} from './leaf.ts';

const EVENT: AuditEventLeaf = {
  type: 'audit-event',
  version: 1,
  id: '42',
  at: '2026-11-21T00:05:00.000Z',
  userId: '7f1de1d2-8c22-4d93-9a53-0d5e1a6a4a11',
  action: 'recording.play',
  subject: '0b8f3c6e-5a1d-4c58-9a0e-2f6d1c7b9e10',
  detailHash: commitToDetail({ reason: '聞き直し', from: 0, to: 12.5 }, Buffer.alloc(32, 7)),
  remoteAddress: '127.0.0.1',
};

const RECORDING: Leaf = {
  type: 'recording',
  version: 1,
  recordingId: '0b8f3c6e-5a1d-4c58-9a0e-2f6d1c7b9e10',
  callId: '6d1f7c1e-0000-4000-8000-000000000001',
  completeness: 'complete',
  reason: null,
  startedAt: '2026-11-21T00:00:00.000Z',
  sealedAt: '2026-11-21T00:05:01.000Z',
  durationMs: 300_000,
  format: 'flac',
  sizeBytes: 1_234_567,
  sha256: 'ab'.repeat(32),
};

describe('canonical JSON', () => {
  it('is that of RFC 8785, 3.2.2 and 3.2.3', () => {
    // The RFC's own example of sorting: by UTF-16 code units, not by characters.
    const names = {
      '€': 'Euro',
      '\r': 'CR',
      '\ufb33': 'Dalet',
      '1': 'One',
      '😀': 'Smiley',
      '\u0080': 'Control',
      ö: 'o',
    };
    expect(canonicalJson(names)).toBe(
      '{"\\r":"CR","1":"One","\u0080":"Control","ö":"o","€":"Euro","😀":"Smiley","\ufb33":"Dalet"}',
    );
    expect(canonicalJson([333333333.33333329, 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    );
    expect(canonicalJson('€$\u000f\nA\'B"\\\\"/')).toBe('"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
    expect(canonicalJson({ b: [true, null, {}], a: [] })).toBe('{"a":[],"b":[true,null,{}]}');
  });

  it('does not depend on the order in which properties were written, or on having been stored', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).reverse());
        const text = canonicalJson(object);
        expect(canonicalJson(turned)).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(object)));
      }),
    );
  });

  it('leaves undefined properties out, as storing them does', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it.each([
    ['detail.at', { detail: { at: new Date(0) } }],
    ['n', { n: Number.NaN }],
    ['list[1]', { list: [1, undefined] }],
    ['big', { big: 1n }],
    ['text', { text: '\ud800' }],
    ['f', { f: () => 1 }],
    ['map', { map: new Map() }],
  ])('refuses %s, and says where', (path, value) => {
    expect(() => canonicalJson(value)).toThrow(NotCanonicalError);
    expect(() => canonicalJson(value)).toThrow(path);
  });
});

describe('a leaf', () => {
  it('is the same bytes for ever', () => {
    expect(encodeLeaf(EVENT).toString()).toBe(
      '{"action":"recording.play","at":"2026-11-21T00:05:00.000Z",' +
        '"detailHash":"a82dfdeb0aa93115422e3732727db0f62788b0f9408e8db39a51a28f5550bb7f","id":"42","remoteAddress":"127.0.0.1","subject":"0b8f3c6e-5a1d-4c58-9a0e-2f6d1c7b9e10","type":"audit-event",' +
        '"userId":"7f1de1d2-8c22-4d93-9a53-0d5e1a6a4a11","version":1}',
    );
  });

  it('is read back as it was written', () => {
    for (const leaf of [EVENT, RECORDING]) expect(decodeLeaf(encodeLeaf(leaf))).toEqual(leaf);
  });

  it('has another hash when any of its facts is another', () => {
    const hashes = [
      EVENT,
      { ...EVENT, id: '43' },
      { ...EVENT, userId: null },
      { ...EVENT, at: '2026-11-21T00:05:00.001Z' },
      { ...EVENT, detailHash: commitToDetail({ reason: '聞き直し', from: 0, to: 12 }, Buffer.alloc(32, 7)) },
      RECORDING,
      { ...RECORDING, completeness: 'partial' as const },
    ].map((leaf) => hashOfLeaf(leaf).toString('hex'));
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('is refused when it is none of ours, or not to the byte as we write it', () => {
    const text = encodeLeaf(EVENT).toString();
    const refused = [
      '',
      '{',
      text.replace('audit-event', 'rumour'),
      text.replace('"version":1', '"version":2'),
      ` ${text}`,
    ];
    for (const bytes of refused) expect(() => decodeLeaf(Buffer.from(bytes))).toThrow(MalformedLeafError);
    expect(() => encodeLeaf({ ...EVENT, at: '2026-11-21 09:05' })).toThrow(MalformedLeafError);
    expect(() => encodeLeaf({ ...RECORDING, sha256: 'AB' })).toThrow(MalformedLeafError);
    expect(() => decodeLeaf(Buffer.from('{"surplus":1,' + text.slice(1)))).toThrow(MalformedLeafError);
  });
});
