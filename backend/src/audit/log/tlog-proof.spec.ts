import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ForeignCheckpointError,
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
} from './checkpoint.ts';
import { cosignatureVerifier, cosigner } from './cosignature.ts';
import { EMPTY_ROOT, hashLeaf, inclusionProof } from './merkle.ts';
import { grownTree } from './merkle.fixture.ts';
import { addSignature, ed25519Signer, ed25519Verifier, MalformedNoteError, UnverifiedNoteError } from './note.ts';
import { formatTlogProof, MalformedProofError, NotInLogError, parseTlogProof, verifyTlogProof } from './tlog-proof.ts';

const seed = (name: string) => createHash('sha256').update(name).digest();
const ORIGIN = 'denwaban.example/honcho';
const BOX = ed25519Signer(ORIGIN, seed('box'));
const LOG = { origin: ORIGIN, keys: [ed25519Verifier(BOX.verifierKey)] };
const WITNESS = cosigner('witness.example/1', seed('witness'), () => 1_763_700_000);

/** The body of the example in c2sp.org/tlog-checkpoint. */
const SPEC_BODY = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
`;

const LEAVES = Array.from({ length: 30 }, (_, i) => Buffer.from(`録音 ${i}`));
const { nodeAt, roots } = grownTree(LEAVES);
const rootAt = (size: number) => roots[size] ?? Buffer.alloc(0);
const leafAt = (index: number) => LEAVES[index] ?? Buffer.alloc(0);
const checkpointAt = (size: number) => signCheckpoint({ origin: ORIGIN, size, root: rootAt(size) }, [BOX]);
const places = fc
  .integer({ min: 1, max: LEAVES.length })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));

async function proofOf(index: number, size: number): Promise<string> {
  const path = await inclusionProof(index, size, nodeAt);
  return formatTlogProof({ extra: leafAt(index), index, path, checkpoint: checkpointAt(size) });
}

describe('a checkpoint', () => {
  it('is written and read as in the specification', () => {
    const checkpoint = parseCheckpoint(SPEC_BODY);
    expect([checkpoint.origin, checkpoint.size]).toEqual(['example.com/behind-the-sofa', 20852163]);
    expect(formatCheckpoint(checkpoint)).toBe(SPEC_BODY);
    const extended = `${SPEC_BODY}one\ntwo\n`;
    expect(parseCheckpoint(extended).extensions).toEqual(['one', 'two']);
    expect(formatCheckpoint(parseCheckpoint(extended))).toBe(extended);
    expect(parseCheckpoint(formatCheckpoint({ origin: 'a', size: 0, root: EMPTY_ROOT })).size).toBe(0);
  });

  it.each([
    ['no origin', SPEC_BODY.replace('example.com/behind-the-sofa', '')],
    ['a leading zero', SPEC_BODY.replace('2085', '02085')],
    ['a negative size', SPEC_BODY.replace('2085', '-2085')],
    ['a size that no number holds', SPEC_BODY.replace('20852163', '99999999999999999999')],
    ['a short root', SPEC_BODY.replace('CsUYapGG', '')],
    ['no last newline', SPEC_BODY.trimEnd()],
    ['an empty extension', `${SPEC_BODY}\none\n`],
    ['two lines', SPEC_BODY.split('\n').slice(0, 2).join('\n') + '\n'],
  ])('is refused with %s', (_, text) => {
    expect(() => parseCheckpoint(text)).toThrow(MalformedNoteError);
  });

  it('is not written with a line break smuggled in', () => {
    expect(() => formatCheckpoint({ origin: 'a\n5', size: 1, root: EMPTY_ROOT })).toThrow(MalformedNoteError);
  });

  it('is believed only from the log asked about, signed by its key', () => {
    const note = checkpointAt(7);
    expect(openCheckpoint(note, LOG).checkpoint.root.equals(rootAt(7))).toBe(true);
    expect(() => openCheckpoint(note, { ...LOG, origin: 'another' })).toThrow(ForeignCheckpointError);
    const forger = ed25519Signer(ORIGIN, seed('forger'));
    const forged = signCheckpoint({ origin: ORIGIN, size: 7, root: rootAt(6) }, [forger]);
    expect(() => openCheckpoint(forged, LOG)).toThrow(UnverifiedNoteError);
  });

  it('names the witnesses that vouch for it, who cannot take the log’s place', () => {
    const known = cosignatureVerifier(WITNESS.verifierKey);
    const note = addSignature(checkpointAt(7), WITNESS);
    expect(openCheckpoint(note, LOG, [known]).witnessedBy).toEqual([known]);
    expect(openCheckpoint(note, LOG).witnessedBy).toEqual([]);
    const unsigned = signCheckpoint({ origin: ORIGIN, size: 7, root: rootAt(7) }, [WITNESS]);
    expect(() => openCheckpoint(unsigned, LOG, [known])).toThrow(UnverifiedNoteError);
  });
});

describe('a .tlog-proof', () => {
  it('has the lines of the specification', async () => {
    const lines = (await proofOf(5, 8)).split('\n');
    expect(lines.slice(0, 3)).toEqual(['c2sp.org/tlog-proof@v1', `extra ${leafAt(5).toString('base64')}`, 'index 5']);
    expect(lines[3]).toBe(hashLeaf(leafAt(4)).toString('base64'));
    expect(lines.slice(6, 9)).toEqual(['', ORIGIN, '8']);
  });

  it('is read back as written, with or without extra data and path', async () => {
    for (const [index, size] of [
      [0, 1],
      [5, 8],
      [29, 30],
    ] as const) {
      const proof = { index, path: await inclusionProof(index, size, nodeAt), checkpoint: checkpointAt(size) };
      expect(parseTlogProof(formatTlogProof(proof))).toEqual(proof);
      const extended = { ...proof, extra: Buffer.from('x') };
      expect(parseTlogProof(formatTlogProof(extended))).toEqual(extended);
    }
  });

  it('proves every leaf, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(places, fc.nat(LEAVES.length - 1), async ({ index, size }, other) => {
        const proof = await proofOf(index, size);
        const { checkpoint } = verifyTlogProof(proof, hashLeaf(leafAt(index)), LOG);
        expect([checkpoint.size, parseTlogProof(proof).extra]).toEqual([size, leafAt(index)]);
        fc.pre(other !== index);
        expect(() => verifyTlogProof(proof, hashLeaf(leafAt(other)), LOG)).toThrow(NotInLogError);
      }),
    );
  });

  it('proves nothing after any change but of its extra data', async () => {
    const proof = await proofOf(11, 23);
    const extra = proof.split('\n').at(1) ?? '';
    const [from, to] = [proof.indexOf(extra), proof.indexOf(extra) + extra.length];
    fc.assert(
      fc.property(fc.nat(proof.length - 1), fc.constantFrom('A', '1', '\n', ' ', '='), (at, character) => {
        const forged = proof.slice(0, at) + character + proof.slice(at + 1);
        fc.pre(forged !== proof && (at < from || at >= to));
        expect(() => verifyTlogProof(forged, hashLeaf(leafAt(11)), LOG)).toThrow(/./);
      }),
      { numRuns: 400 },
    );
  });

  it.each<[string, (proof: string) => string]>([
    ['another format', (proof) => proof.replace('@v1', '@v2')],
    ['no index', (proof) => proof.replace(/index \d+\n/, '')],
    ['a leading zero', (proof) => proof.replace('index ', 'index 0')],
    ['a short hash', (proof) => proof.replace(/(index \d+\n).{4}/, '$1')],
    ['extra data that is not base64', (proof) => proof.replace('extra ', 'extra *')],
    ['no empty line', (proof) => proof.replaceAll('\n\n', '\n')],
  ])('is refused with %s', async (_, change) => {
    const proof = await proofOf(5, 8);
    expect(() => parseTlogProof(change(proof))).toThrow(MalformedProofError);
  });
});
