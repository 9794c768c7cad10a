import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cosignatureVerifier, cosignedAt, cosigner } from './cosignature.ts';
import {
  addSignature,
  ed25519Signer,
  ed25519Verifier,
  MalformedNoteError,
  openNote,
  parseNote,
  parseVerifierKey,
  signNote,
  UnverifiedNoteError,
} from './note.ts';

/** The example at the end of c2sp.org/signed-note. */
const SPEC_KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const SPEC_NOTE = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;

const seed = (name: string) => createHash('sha256').update(name).digest();
const BOX = ed25519Signer('denwaban.example/honcho', seed('box'));
const OTHER = ed25519Signer('denwaban.example/shisho', seed('other'));
const [box, other] = [ed25519Verifier(BOX.verifierKey), ed25519Verifier(OTHER.verifierKey)];

/** The text without its final newline. */
const texts = fc
  .string({ unit: 'grapheme' })
  .filter((text) => !/[\u0000-\u0009\u000b-\u001f]/.test(text))
  .map((text) => `${text}\n`);

describe('the specification’s example', () => {
  it('verifies', () => {
    const { text, signedBy } = openNote(SPEC_NOTE, [ed25519Verifier(SPEC_KEY)]);
    expect(text).toBe('This is an example message.\n');
    expect(signedBy.map(({ keyName, keyId }) => [keyName, keyId])).toEqual([['example.com/foo', '530d903a']]);
  });

  it('does not with a word changed', () => {
    const forged = SPEC_NOTE.replace('example message', 'example massage');
    expect(() => openNote(forged, [ed25519Verifier(SPEC_KEY)])).toThrow(
      new UnverifiedNoteError('invalid-signature', 'example.com/foo'),
    );
  });
});

describe('a signed note', () => {
  it('of any text opens with the key that signed it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(openNote(signNote(text, [BOX]), [box])).toEqual({ text, signedBy: [box] });
      }),
    );
  });

  it('keeps empty lines of its text', () => {
    const text = 'a\n\n— b c\n\nd\n';
    expect(openNote(signNote(text, [BOX]), [box]).text).toBe(text);
  });

  it('does not open after any change of its text or of the signature', () => {
    const note = signNote('通話 3件\n合計 12分\n', [BOX]);
    fc.assert(
      fc.property(fc.nat(note.length - 1), fc.constantFrom('A', '0', '\n', ' ', '—', '='), (at, character) => {
        const forged = note.slice(0, at) + character + note.slice(at + 1);
        fc.pre(forged !== note);
        expect(() => openNote(forged, [box])).toThrow(/./);
      }),
      { numRuns: 300 },
    );
  });

  it('is not believed without a known key, and a known key’s bad signature is not outweighed', () => {
    const note = signNote('text\n', [OTHER]);
    expect(() => openNote(note, [box])).toThrow(new UnverifiedNoteError('no-known-signature', null));
    const [line = ''] = signNote('another text\n', [BOX]).split('\n').slice(2);
    expect(() => openNote(`${note}${line}\n`, [box, other])).toThrow(
      new UnverifiedNoteError('invalid-signature', BOX.keyName),
    );
    expect(openNote(`${note}${line}\n`, [other]).signedBy).toEqual([other]);
  });

  it('ignores a stranger who uses a known name', () => {
    const impostor = ed25519Signer(BOX.keyName, seed('impostor'));
    expect(openNote(signNote('text\n', [impostor, BOX]), [box]).signedBy).toEqual([box]);
    expect(() => openNote(signNote('text\n', [impostor]), [box])).toThrow(UnverifiedNoteError);
  });

  it('takes at least sixteen signatures, of any length, and not any number', () => {
    const line = `— someone ${Buffer.alloc(5000).toString('base64')}\n`;
    expect(openNote(signNote('text\n', [BOX]) + line.repeat(15), [box]).signedBy).toEqual([box]);
    expect(() => parseNote(`text\n\n${line.repeat(65)}`)).toThrow(MalformedNoteError);
  });

  it.each([
    ['no signature', 'text\n\n'],
    ['no empty line', 'text\n— a AAAAAAAA\n'],
    ['no last newline', 'text\n\n— a AAAAAAAA'],
    ['a hyphen for the dash', 'text\n\n- a AAAAAAAA\n'],
    ['only a key id', 'text\n\n— a AAAAAA==\n'],
    ['base64 that is not exact', 'text\n\n— a AAAAAAB=\n'],
    ['more than three parts', 'text\n\n— a b AAAAAAAA\n'],
    ['no name', 'text\n\n—  AAAAAAAA\n'],
    ['a tab', 'te\txt\n\n— a AAAAAAAA\n'],
  ])('is refused with %s', (_, note) => {
    expect(() => parseNote(note)).toThrow(MalformedNoteError);
  });

  it('is not made of what no note can say', () => {
    for (const text of ['no newline', 'bell \u0007\n', 'torn \ud800\n']) {
      expect(() => signNote(text, [BOX])).toThrow(MalformedNoteError);
    }
  });
});

describe('a verifier key', () => {
  it('is what the specification’s example is', () => {
    const { keyName, keyId, signatureType, publicKey } = parseVerifierKey(SPEC_KEY);
    expect([keyName, keyId, signatureType, publicKey.length]).toEqual(['example.com/foo', '530d903a', 1, 32]);
  });

  it.each([
    ['another id', SPEC_KEY.replace('530d903a', '530d903b')],
    ['another name', SPEC_KEY.replace('foo', 'bar')],
    ['another key', SPEC_KEY.replace('Aeky', 'Aekz')],
    ['no key', 'example.com/foo+530d903a'],
    ['a space', SPEC_KEY.replace('foo', 'f o')],
  ])('is refused with %s', (_, key) => {
    expect(() => ed25519Verifier(key)).toThrow(MalformedNoteError);
  });

  it('cannot be made for a name with a space or a plus', () => {
    for (const name of ['', 'a b', 'a+b', 'a　b']) {
      expect(() => ed25519Signer(name, seed('x'))).toThrow(MalformedNoteError);
    }
  });
});

describe('a witness’s cosignature', () => {
  const witness = cosigner('witness.example/1', seed('witness'), () => 1_763_700_000.9);
  const verifier = cosignatureVerifier(witness.verifierKey);
  const note = addSignature(signNote('log\n0\nroot\n', [BOX]), witness);

  it('stands beside the log’s and says when', () => {
    expect(openNote(note, [box, verifier]).signedBy).toEqual([box, verifier]);
    expect(cosignedAt(parseNote(note).signatures[1]?.signature ?? Buffer.alloc(0))).toBe(1_763_700_000n);
  });

  it('does not hold for another time, another text, or as a plain signature', () => {
    const { text, signatures } = parseNote(note);
    const signature = signatures[1]?.signature ?? Buffer.alloc(0);
    const later = Buffer.from(signature);
    later.writeBigUInt64BE(1_763_700_001n);
    expect(verifier.verify(text, signature)).toBe(true);
    expect(verifier.verify(text, later)).toBe(false);
    expect(verifier.verify(`${text}more\n`, signature)).toBe(false);
    expect(verifier.verify(text, BOX.sign(text))).toBe(false);
    expect(verifier.verify(text, Buffer.alloc(8))).toBe(false);
    expect(() => cosignatureVerifier(BOX.verifierKey)).toThrow(MalformedNoteError);
    expect(() => ed25519Verifier(witness.verifierKey)).toThrow(MalformedNoteError);
  });
});
