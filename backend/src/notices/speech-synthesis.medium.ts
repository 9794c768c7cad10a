import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { writeEndpoints } from '../../../provisioning/box/endpoints.ts';
import { prepareHome } from '../../../provisioning/box/home.ts';
import { project } from '../../../provisioning/project.ts';
import { Prompts } from '../../../provisioning/runtime/prompts.ts';
import type { MediumTier } from '../../../test/medium/medium-tier.ts';
import { Clock } from '../platform/clock.ts';
import { InvalidInputError } from '../platform/errors.ts';
import { Logger } from '../platform/logging.ts';
import { readOperatorSettings, Settings } from '../platform/settings.ts';
import { htsVoices, openJtalkPlaces } from './open-jtalk.ts';
import { measureSound, TARGET_DBFS } from './sound-level.ts';
import { SoundTools } from './sound-tools.service.ts';
import { SpeechSynthesis } from './speech-synthesis.service.ts';
import { VoiceChoice } from './voice-choice.service.ts';

const { toolsDir } = JSON.parse(process.env.MEDIUM_TIER ?? '{}') as MediumTier;
const [model = ''] = await htsVoices([openJtalkPlaces(toolsDir).voices]);
const logger = new Logger('test', 'silent');
let folder: string;

class LaterClock extends Clock {
  laterMs = 0;
  override now = () => new Date(Date.now() + this.laterMs);
}

/** A box of its own folder. @param tools where its tools are; the runtime root with its voice is beside the usual ones */
function boxWith(tools: string) {
  const home = mkdtempSync(join(folder, 'home-'));
  const layout = prepareHome(home);
  writeEndpoints(layout, { ariPort: 1, amiPort: 1, postgresSocketDir: null, toolsDir: tools, versions: {} });
  const settings = new Settings(readOperatorSettings({ DENWABAN_HOME: home }));
  const soundTools = new SoundTools(settings);
  const clock = new LaterClock();
  const voices = new VoiceChoice(soundTools, settings, clock, logger);
  const speech = new SpeechSynthesis(soundTools, voices, logger);
  const inHome = (name: string) => join(layout.voices, name);
  mkdirSync(layout.voices, { recursive: true });
  return { speech, voices, clock, inHome, scratch: soundTools.scratch };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'denwaban-speech-'));
  // The same tools, but beside them a runtime root with nothing in it but the dictionary.
  symlinkSync(toolsDir, join(folder, 'tools'));
  const { dictionary } = openJtalkPlaces(toolsDir);
  const bare = openJtalkPlaces(join(folder, 'tools')).dictionary;
  mkdirSync(dirname(bare), { recursive: true });
  symlinkSync(dictionary, bare);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LACKING =
  'skipped: this package mirror has no voice for Open JTalk (contrib), so that the runtime root is without one';

(model ? describe : describe.skip)(`Open JTalk${model ? '' : ` (${LACKING})`}`, () => {
  const text = '本日の業務は、午後5時15分に終了いたしました。';
  let box: ReturnType<typeof boxWith>;
  beforeAll(() => {
    box = boxWith(toolsDir);
  });
  const spoken = async (words: string, kana: string | null = null) => {
    const speech = await box.speech.speak({ text: words, kana });
    return { ...speech, ...measureSound(speech.pcm) };
  };

  it('speaks kanji and figures at a plausible pace, at the level of all notices, and cuts no peak', async () => {
    const { voice, kana, ...sound } = await spoken(text);
    expect([voice, kana]).toEqual([
      'open-jtalk',
      'ほんじつの ぎょうむわ、ごご ごじ じゅーごふんに しゅうりょう いたしました。',
    ]);
    const morae = kana.replace(/[ゃゅょ、。 ]/g, '').length;
    expect(sound.durationMs / morae).toBeGreaterThan(100);
    expect(sound.durationMs / morae).toBeLessThan(250);
    expect(Math.abs(sound.activeDbfs - TARGET_DBFS)).toBeLessThan(0.5);
    expect([sound.clippedShare, sound.peakDbfs < -1]).toEqual([0, true]);
    expect(sound.silentShare).toBeLessThan(0.4);
    expect(readdirSync(box.scratch)).toEqual([]);
  });

  it('reads hours as hours, and speaks them as it reads them', async () => {
    const written = await spoken('開庁時間は8:30～17:15です。');
    expect(written.kana).toBe('かいちょう じかんわ はちじ さんじゅっぷんから じゅーしちじ じゅーごふんです。');
    expect(written.pcm.equals((await spoken('開庁時間は8時30分から17時15分です。')).pcm)).toBe(true);
  });

  it('says the same whenever it is made, what was corrected, and the reading that nobody corrected as the text', async () => {
    const first = await spoken(text);
    expect((await spoken(text, first.kana)).pcm.equals(first.pcm)).toBe(true);
    const corrected = await spoken(text, 'ほんじつわ しゅうりょう。');
    expect([corrected.voice, corrected.kana]).toEqual(['open-jtalk', 'ほんじつわ しゅうりょう。']);
    expect(corrected.durationMs).toBeLessThan(first.durationMs / 2);
  });

  it('says all of what is too long for one of its lines, in whatever letters', async () => {
    const sentence = '住民票の写しは、一階の窓口でお渡しします。';
    const [one, many] = [await spoken(sentence), await spoken(sentence.repeat(6))];
    expect(many.voice).toBe('open-jtalk');
    expect(many.durationMs).toBeGreaterThan(one.durationMs * 6 * 0.75);
    expect(await box.speech.reading(sentence.repeat(18))).toBe(one.kana.repeat(18));
    expect((await box.speech.reading('ABC '.repeat(100))).match(/えいびーしー/g)).toHaveLength(100);
  });

  it('takes no text for anything but words', async () => {
    const plain = await spoken('テストです。');
    for (const words of ['-v テストです。', '--help\nテストです。', '$(id)テストです。']) {
      const { voice, durationMs } = await spoken(words);
      expect([voice, durationMs > plain.durationMs]).toEqual(['open-jtalk', true]);
    }
    expect((await spoken('😀テストです。★')).pcm.equals((await spoken(' テストです。 ')).pcm)).toBe(true);
    await expect(spoken('★😀')).rejects.toThrow(InvalidInputError);
  });

  it('reads every announcement of the box as its kana says', async () => {
    const prompts = Prompts.parse(JSON.parse(readFileSync(join(project.prompts, 'prompts.json'), 'utf8')));
    const heard = (kana: string) =>
      kana
        .replace(/[ 、。]/g, '')
        .replace(/(?<=[おこそとのほもよろごぞどぼょ])う|(?<=[うくすつぬふむゆるぐずぶゅ])う/g, 'ー');
    const read = await box.speech.reading(prompts.map((prompt) => prompt.text).join(''));
    expect(heard(read)).toBe(heard(prompts.map(({ kana }) => kana).join('')));
  });

  it('passes over a voice of the office that does not speak', async () => {
    const { inHome, ...office } = boxWith(toolsDir);
    writeFileSync(inHome('a-broken.htsvoice'), readFileSync(model).subarray(0, 600_000));
    expect(await office.voices.openJtalk()).toMatchObject({ model });
    expect((await office.speech.speak({ text, kana: null })).voice).toBe('open-jtalk');
    copyFileSync(model, inHome('b-whole.htsvoice'));
    expect(await office.voices.openJtalk()).toMatchObject({ model: inHome('b-whole.htsvoice') });
  });

  it('is named only while a voice is there that speaks', async () => {
    const bare = boxWith(join(folder, 'tools'));
    const named = async () => {
      const { voice } = await bare.speech.speak({ text: 'はい、電話番です。', kana: null });
      expect(await bare.voices.name()).toBe(voice);
      return voice;
    };
    expect(await named()).toBe('espeak-ng');
    copyFileSync(model, bare.inHome('office.htsvoice'));
    expect(await named()).toBe('open-jtalk');
    writeFileSync(bare.inHome('office.htsvoice'), 'no voice');
    expect(await named()).toBe('espeak-ng');
    copyFileSync(model, bare.inHome('office.htsvoice'));
    expect(await named()).toBe('open-jtalk');
    rmSync(bare.inHome('office.htsvoice'));
    expect(await named()).toBe('espeak-ng');
  });
});

describe('a box without a voice for Open JTalk', () => {
  it('speaks with espeak-ng what MeCab reads', async () => {
    const { speech, voices } = boxWith(join(folder, 'tools'));
    const { pcm, voice, kana } = await speech.speak({ text: '録音しています。', kana: null });
    expect([voice, kana, await voices.name()]).toEqual(['espeak-ng', 'ろくおん しています。', 'espeak-ng']);
    expect(Math.abs(measureSound(pcm).activeDbfs - TARGET_DBFS)).toBeLessThan(0.5);
    await expect(speech.speak({ text: '★', kana: null })).rejects.toThrow(InvalidInputError);
  });

  it('leaves out no word that an office writes, and reads its hours as hours', async () => {
    const { speech } = boxWith(join(folder, 'tools'));
    expect(await speech.reading('開庁時間は8:30～17:15、A棟へ1人ずつ。')).toBe(
      'かいちょう じかんわ はちじ さんじゅっぷんから じゅうしちじ じゅうごふん、えーとうえ ひとりずつ。',
    );
  });

  /** The usual tools, but for Open JTalk, and a voice in the home. */
  function boxWithOpenJtalk(script: string) {
    const tools = mkdtempSync(join(folder, 'tools-'));
    for (const name of readdirSync(toolsDir))
      if (name !== 'open_jtalk') symlinkSync(join(toolsDir, name), join(tools, name));
    writeFileSync(join(tools, 'open_jtalk'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const box = boxWith(tools);
    writeFileSync(box.inHome('any.htsvoice'), 'voice');
    return box;
  }

  it('tries again after a while a voice that did not speak', async () => {
    const { voices, clock } = boxWithOpenJtalk(`echo tried >>'${folder}/tries'\nexit 1`);
    const tries = () => readFileSync(join(folder, 'tries'), 'utf8').split('\n').length - 1;
    expect([await voices.name(), await voices.name(), tries()]).toEqual(['espeak-ng', 'espeak-ng', 1]);
    clock.laterMs = 3_600_000;
    expect([await voices.name(), tries()]).toEqual(['espeak-ng', 2]);
  });

  it('lets a voice that hangs keep nobody from a processor, and ends it', async () => {
    const { speech } = boxWithOpenJtalk(`echo $$ >'${folder}/pid'\nexec sleep 3600`);
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      const speaking = speech.speak({ text: '録音しています。', kana: null });
      let pid = 0;
      while (pid === 0) {
        await new Promise(setImmediate);
        pid = existsSync(join(folder, 'pid')) ? Number(readFileSync(join(folder, 'pid'), 'utf8')) : 0;
      }
      expect(getPriority(pid)).toBeGreaterThan(0);
      jest.advanceTimersByTime(60_000);
      expect((await speaking).voice).toBe('espeak-ng');
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    } finally {
      jest.useRealTimers();
    }
  });
});
