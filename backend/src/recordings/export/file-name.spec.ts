import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anExportedCall } from './exported-call.fixture.ts';
import { fileNameOf, namePart } from './file-name.ts';

const ID = '1a2b3c4d-0000-4000-8000-000000000000';
const nameOf = (part: Parameters<typeof anExportedCall>[0], taken = new Set<string>(), id = ID) =>
  fileNameOf(anExportedCall(part), id, 'wav', taken);

describe('the name of an exported recording', () => {
  it('tells when, which line, who and which recording', () => {
    expect(nameOf({})).toBe('録音/20261121_090533_代表_09012345678_1a2b3c4d.wav');
    expect(nameOf({ number: null, presentation: 'withheld' })).toBe('録音/20261121_090533_代表_非通知_1a2b3c4d.wav');
    expect(nameOf({ lineName: null, lineId: null })).toBe('録音/20261121_090533_0355501000_09012345678_1a2b3c4d.wav');
  });

  it('is another one for each recording, even where the beginning of the ids is the same', () => {
    const taken = new Set<string>();
    const others = ['1a2b3c4d-0000-4000-8000-000000000001', '1a2b3c4d-0000-4000-8000-000000000002'];
    const names = [ID, ...others].map((id) => nameOf({}, taken, id));
    expect(new Set(names).size).toBe(3);
  });

  it.each([
    ['..\\..\\autoexec.bat', 'autoexec.bat'],
    ['/etc/passwd', 'etcpasswd'],
    ['住民票?*"<>|:係', '住民票係'],
    ['税_務\n課', '税 務 課'],
    ['gpj.\u202eexe', 'gpj.exe'],
    [' . 課. . ', '課'],
    ['か\u3099い', 'がい'],
    ['𠮷'.repeat(40), '𠮷'.repeat(30)],
  ])('takes %j as %j', (text, part) => {
    expect(namePart(text)).toBe(part);
  });

  it('is one that Windows takes, whatever the line is called', () => {
    const text = fc.string({ unit: 'binary', maxLength: 80 });
    fc.assert(
      fc.property(text, fc.option(text), (lineName, number) => {
        const [folder, name = '', ...more] = nameOf({ lineName, number }).split('/');
        expect([folder, more]).toEqual(['録音', []]);
        expect(name).toMatch(/^[^\\/:*?"<>|\p{Cc}]+\.wav$/u);
        expect(name.isWellFormed()).toBe(true);
        expect(Buffer.byteLength(name)).toBeLessThan(255);
      }),
    );
  });
});
