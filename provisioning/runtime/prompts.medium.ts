import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { htsVoices, openJtalkPlaces } from '../../backend/src/notices/open-jtalk.ts';
import type { MediumTier } from '../../test/medium/medium-tier.ts';
import { SilentProgress } from '../progress.ts';
import { speakPrompts } from './prompts.ts';

const { toolsDir } = JSON.parse(process.env.MEDIUM_TIER ?? '{}') as MediumTier;
const [model = ''] = await htsVoices([openJtalkPlaces(toolsDir).voices]);

class Heard extends SilentProgress {
  readonly titles: string[] = [];
  readonly warnings: string[] = [];
  override step = <T>(title: string, work: () => Promise<T>): Promise<T> => {
    this.titles.push(title);
    return work();
  };
  override warn = (text?: string) => void this.warnings.push(text ?? '');
}

/** A runtime folder of its own, whose root has the dictionary and whatever voice a test puts there. */
describe('the announcements that come with the box', () => {
  let folder: string;
  let progress: Heard;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'denwaban-prompts-'));
    progress = new Heard();
    const bare = openJtalkPlaces(join(folder, 'tools'));
    for (const path of [dirname(bare.dictionary), bare.voices]) mkdirSync(path, { recursive: true });
    symlinkSync(toolsDir, join(folder, 'tools'));
    symlinkSync(openJtalkPlaces(toolsDir).dictionary, bare.dictionary);
    const prompts = [{ id: 'short', text: '録音しています。', kana: 'ろくおん して います。' }];
    writeFileSync(join(folder, 'prompts.json'), JSON.stringify(prompts));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const voice = () => join(openJtalkPlaces(join(folder, 'tools')).voices, 'the.htsvoice');
  const speak = async () => {
    const spoken = await speakPrompts(join(folder, 'prompts.json'), join(folder, 'tools'), folder, progress);
    expect(readdirSync(spoken).sort()).toEqual(['hold-melody.sln', 'short.sln']);
    // Nothing is left but what is asked for.
    expect(readdirSync(folder).filter((name) => /partial|speaking/.test(name))).toEqual([]);
    return readFileSync(join(spoken, 'short.sln'));
  };

  it('are spoken by espeak-ng where there is no voice, and also where it does not speak, which is told', async () => {
    const without = await speak();
    expect([progress.titles, progress.warnings]).toEqual([['speaking 1 announcements with espeak-ng'], []]);
    writeFileSync(voice(), 'no voice');
    expect((await speak()).equals(without)).toBe(true);
    expect(progress.warnings).toEqual([expect.stringContaining('does not speak')]);
  });

  const lacking =
    'skipped: the runtime root has no voice for Open JTalk, because the package mirror has none (contrib)';
  (model ? it : it.skip)(
    `are spoken by Open JTalk as soon as there is a voice, once for each${model ? '' : ` (${lacking})`}`,
    async () => {
      const without = await speak();
      copyFileSync(model, voice());
      const spoken = await speak();
      expect(spoken.equals(without)).toBe(false);
      expect((await speak()).equals(spoken)).toBe(true);
      expect(progress.titles).toEqual([
        'speaking 1 announcements with espeak-ng',
        'speaking 1 announcements with Open JTalk',
      ]);
    },
  );
});
