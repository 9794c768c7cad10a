import { Dialog } from '@angular/cdk/dialog';
import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { find, findButton } from '../../testing/dom.ts';
import { idOf } from '../../testing/fixtures.ts';
import { settle } from '../../testing/settle.ts';
import { PlayerPreferences } from './player-preferences.ts';
import { Player } from './player.ts';

const VALUES: Record<string, string> = { 両方: 'both', 相手側: 'outside', 職員側: 'office', モノラル: 'mono' };

describe('the player', () => {
  let fixture: ComponentFixture<Player>;
  let element: HTMLElement;
  let audio: HTMLAudioElement;
  let paused: boolean;
  let http: HttpTestingController;

  beforeEach(async () => {
    paused = true;
    jest.spyOn(HTMLMediaElement.prototype, 'play').mockImplementation(() => {
      paused = false;
      return Promise.resolve();
    });
    jest.spyOn(HTMLMediaElement.prototype, 'pause').mockImplementation(() => {
      paused = true;
    });
    jest.spyOn(HTMLMediaElement.prototype, 'paused', 'get').mockImplementation(() => paused);
    TestBed.configureTestingModule({ providers: [provideHttpClient(), provideHttpClientTesting()] });
    http = TestBed.inject(HttpTestingController);
    fixture = TestBed.createComponent(Player);
    fixture.componentRef.setInput('recordingId', idOf(1));
    fixture.componentRef.setInput('durationMs', 243_000);
    element = fixture.nativeElement as HTMLElement;
    document.body.append(element);
    await settle();
    audio = find(element, HTMLAudioElement, 'audio');
    await hear('canplay');
  });

  afterEach(() => {
    fixture.destroy();
    localStorage.clear();
    jest.restoreAllMocks();
  });

  async function hear(...events: string[]): Promise<void> {
    for (const event of events) audio.dispatchEvent(new Event(event));
    await settle();
  }
  async function press(key: string, target: EventTarget = document.body): Promise<KeyboardEvent> {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
    target.dispatchEvent(event);
    await settle();
    return event;
  }
  const button = (label: string) => findButton(element, label);

  it('plays and pauses, and its button says what it will do', async () => {
    button('再生').click();
    await hear('play', 'playing');
    expect(paused).toBe(false);
    expect(button('一時停止')).toBeDefined();
    button('一時停止').click();
    await hear('pause');
    expect(paused).toBe(true);
    expect(button('再生')).toBeDefined();
  });

  it('jumps by its buttons and never past an end', () => {
    button('5秒進む').click();
    expect(audio.currentTime).toBe(5);
    button('5秒戻る').click();
    button('5秒戻る').click();
    expect(audio.currentTime).toBe(0);
    fixture.componentInstance.playFrom(999_000);
    expect(audio.currentTime).toBe(243);
    expect(paused).toBe(false);
  });

  it('obeys keys anywhere on the page but not where somebody types', async () => {
    expect((await press('k')).defaultPrevented).toBe(true);
    expect(paused).toBe(false);
    await press('l');
    await press('ArrowRight');
    expect(audio.currentTime).toBe(15);
    const field = document.body.appendChild(document.createElement('input'));
    expect((await press('l', field)).defaultPrevented).toBe(false);
    expect(audio.currentTime).toBe(15);
    field.remove();
  });

  it('obeys arrows only, once single keys are switched off', async () => {
    TestBed.inject(PlayerPreferences).singleKeys.set('off');
    await press('l');
    expect(audio.currentTime).toBe(0);
    await press('ArrowRight');
    expect(audio.currentTime).toBe(5);
  });

  it('lists its keys on demand, and keeps still while the list is open', async () => {
    await press('?');
    expect(document.querySelector('.dialog')?.textContent).toContain('再生のキー操作');
    await press('l');
    expect(audio.currentTime).toBe(0);
    TestBed.inject(Dialog).closeAll();
    await settle();
  });

  it('plays at the chosen speed and remembers it', async () => {
    const speed = find(element, HTMLSelectElement, 'select');
    speed.value = '1.5';
    speed.dispatchEvent(new Event('change'));
    await settle();
    expect(audio.playbackRate).toBe(1.5);
    expect(localStorage.getItem('denwaban.player.speed')).toBe('1.5');
  });

  it('plays one side, both in one or both apart, and goes on at the same place', async () => {
    fixture.componentInstance.playFrom(61_000);
    await hear('play', 'playing');
    for (const [label, query] of [
      ['相手側', '?side=left'],
      ['職員側', '?side=right'],
      ['モノラル', '?mix=mono'],
      ['両方', ''],
    ]) {
      find(element, HTMLInputElement, `input[type=radio][value=${VALUES[label ?? '']}]`).click();
      await settle();
      expect(audio.getAttribute('src')).toBe(`/api/v1/recordings/${idOf(1)}/audio${query}`);
      expect(audio.currentTime).toBe(61);
      expect(paused).toBe(false);
      // As Chromium tells of it: the new file begins to load after the play that waits for it.
      await hear('play', 'waiting', 'loadstart', 'seeked', 'canplay', 'playing');
      expect(button('一時停止')).toBeDefined();
    }
  });

  it('says why somebody listens before it plays, and only once', async () => {
    const why = find(element, HTMLInputElement, 'input.reason');
    why.value = ' 苦情の確認 ';
    why.dispatchEvent(new Event('input'));
    button('再生').click();
    await settle();
    const request = http.expectOne(({ url }) => url.endsWith(`/api/v1/recordings/${idOf(1)}/plays`));
    expect(request.request.body).toEqual({ reason: '苦情の確認' });
    expect(paused).toBe(true);
    request.flush({ id: '1' });
    await settle();
    expect(paused).toBe(false);
    fixture.componentInstance.playFrom(5000);
    await settle();
    http.verify();
  });

  it('shows what stands out under the waveform, and as a list to jump to', async () => {
    fixture.componentRef.setInput('tracks', [
      { kind: 'loud', side: 'left', fromMs: 62_000, toMs: 65_000 },
      { kind: 'silence', side: null, fromMs: 120_000, toMs: 150_000 },
    ]);
    await settle();
    const [jump] = [...element.querySelectorAll<HTMLButtonElement>('dw-track-list button')];
    const list = element.querySelector('dw-track-list ul')?.textContent.replaceAll(/\s+/g, ' ');
    expect(list).toContain('1:02 大声(相手側) 3秒');
    expect(list).toContain('2:00 沈黙 30秒');
    jump?.click();
    expect(audio.currentTime).toBe(62);
    expect(paused).toBe(false);
  });

  it('says when the network does not keep up, and when all is lost', async () => {
    await hear('play', 'waiting');
    expect(element.textContent).toContain('読み込み中');
    let broken = 0;
    fixture.componentInstance.broken.subscribe(() => (broken += 1));
    await hear('error');
    expect(broken).toBe(1);
    expect(button('再生').disabled).toBe(true);
  });
});
