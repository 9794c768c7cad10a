import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SecretKey } from './keys.ts';
import { parseRecoveryKit, recoveryKit, RecoveryKitUnreadableError } from './recovery-kit.ts';

const MASTER = new SecretKey(Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 37 + 11) & 255)));
const keys = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new SecretKey(bytes));

function problemsOf(text: string) {
  try {
    parseRecoveryKit(text);
  } catch (error) {
    if (error instanceof RecoveryKitUnreadableError) return error.lines;
    throw error;
  }
  return [];
}

const changed = (lines: string[], index: number, line: string) => lines.with(index, line).join('\n');

describe('a recovery kit', () => {
  it('shows the key as four lines of four groups, and how to keep and use them', () => {
    const kit = recoveryKit(MASTER);
    expect(kit.lines).toHaveLength(4);
    for (const [index, line] of kit.lines.entries()) {
      expect(line).toMatch(new RegExp(`^${index + 1}: ([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$`));
    }
    expect(kit.keyId).toBe(MASTER.id);
    expect(kit.instructions.map(({ heading }) => heading)).toContain('保管のしかた');
  });

  it('gives back any key', () => {
    fc.assert(
      fc.property(keys, (key) => {
        expect(parseRecoveryKit(recoveryKit(key).lines.join('\n')).id).toBe(key.id);
      }),
    );
  });

  it.each<[string, (line: string) => string]>([
    ['in small letters', (line) => line.toLowerCase()],
    ['without line numbers', (line) => line.slice(3)],
    ['without groups', (line) => line.replaceAll('-', '')],
    ['with spaces and other dashes', (line) => ` ${line.replaceAll('-', ' ー ')}  `],
    ['with O for 0', (line) => line.replaceAll('0', 'O')],
    ['with l for 1, but in the number', (line) => line.slice(0, 3) + line.slice(3).replaceAll('1', 'l')],
    ['in full width', (line) => line.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))],
    ['with Windows line ends and empty lines', (line) => `\r\n${line}\r`],
  ])('is read %s', (_, typed) => {
    fc.assert(
      fc.property(keys, (key) => {
        expect(parseRecoveryKit(recoveryKit(key).lines.map(typed).join('\n')).id).toBe(key.id);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a typing error', () => {
  const { lines } = recoveryKit(MASTER);

  it('in one place is found in nearly every case, and only its line is named', () => {
    const characters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    let undetected = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 }),
        fc.constantFrom(3, 4, 5, 6, 8, 9, 10, 11, 13, 14, 15, 16, 18, 19, 20, 21),
        fc.integer({ min: 0, max: 31 }).map((value) => characters.charAt(value)),
        (index, at, character) => {
          const line = lines[index] ?? '';
          fc.pre(line[at] !== character);
          const problems = problemsOf(changed(lines, index, line.slice(0, at) + character + line.slice(at + 1)));
          if (problems.length === 0) undetected++;
          else expect(problems).toEqual([{ line: index + 1, problem: 'checksum' }]);
        },
      ),
      { numRuns: 300, seed: 1 },
    );
    expect(undetected).toBe(0);
  });

  it('by swapping two lines names both', () => {
    const [a = '', b = '', c = '', d = ''] = lines.map((line) => line.slice(3));
    expect(problemsOf([a, c, b, d].join('\n'))).toEqual([
      { line: 2, problem: 'order' },
      { line: 3, problem: 'order' },
    ]);
  });

  it('is told by what it is', () => {
    const [first = '', second = ''] = lines;
    expect(problemsOf(lines.slice(0, 3).join('\n'))).toEqual([{ line: 4, problem: 'missing' }]);
    expect(problemsOf([...lines, first].join('\n'))).toEqual([{ line: 5, problem: 'surplus' }]);
    expect(problemsOf(changed(lines, 1, second.slice(0, -1)))).toEqual([{ line: 2, problem: 'length' }]);
    expect(problemsOf(changed(lines, 1, `${second.slice(0, -1)}あ`))).toEqual([{ line: 2, problem: 'character' }]);
    expect(problemsOf('')).toHaveLength(4);
  });
});
