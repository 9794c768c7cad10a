import { Component, DestroyRef, inject, input, output, signal } from '@angular/core';
import { type ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import { previewNoticeAudio, readNoticeText, speakNoticeAudio } from '../api/generated/functions.ts';
import { type NoticeAudio, type NoticeAudioList } from '../api/generated/models.ts';
import { SoundPlayer } from './sound-player.ts';

/** Makes a sound of text: reading, hearing, keeping. */
@Component({
  selector: 'dw-new-spoken-audio',
  imports: [FailureNotice],
  template: `
    <form class="card" novalidate (submit)="keep($event)">
      <h3 i18n="@@newSpeech.heading">文章の読み上げから</h3>
      @switch (voice()) {
        @case ('open-jtalk') {
          <p class="hint" i18n="@@newSpeech.byOpenJtalk">Open JTalk の声で読み上げます。</p>
        }
        @case ('espeak-ng') {
          <p class="hint" i18n="@@newSpeech.byEspeak">
            Open JTalk
            で使える声が装置にないため、機械的な声(espeak-ng)で読み上げます。聞き取りやすい声にするには、システム担当者に、HTS音声のファイル(*.htsvoice)を装置の保存先の
            voices フォルダーに置くよう依頼してください。
          </p>
        }
      }
      <div class="field">
        <label for="speech-name" i18n="@@newAudio.name">名称</label>
        <input id="speech-name" class="input" maxlength="60" [value]="name()" (input)="name.set(textOf($event))" />
      </div>
      <div class="field">
        <label for="speech-text" i18n="@@newSpeech.text">文章</label>
        <textarea
          id="speech-text"
          class="input"
          rows="3"
          maxlength="1000"
          [value]="text()"
          (input)="text.set(textOf($event))"
        ></textarea>
      </div>
      <div class="field">
        <label for="speech-kana" i18n="@@newSpeech.kana">よみ(かな)</label>
        <p class="hint" id="speech-hint" i18n="@@newSpeech.hint">
          「よみを作る」で自動で入ります。違うところは直してください。「は・へ」は、聞こえるとおり「わ・え」と書きます。
        </p>
        <textarea
          id="speech-kana"
          class="input"
          rows="3"
          maxlength="2000"
          aria-describedby="speech-hint"
          [value]="kana()"
          (input)="kana.set(textOf($event))"
        ></textarea>
      </div>
      @if (missing()) {
        <p class="mistake" role="alert" i18n="@@newSpeech.missing">名称と文章を入力してください。</p>
      }
      @if (failure(); as failed) {
        <dw-failure-notice [failure]="failed" />
      }
      <div class="actions">
        <button type="button" class="button" [attr.aria-disabled]="busy()" (click)="read()" i18n="@@newSpeech.read">
          よみを作る
        </button>
        <button type="button" class="button" [attr.aria-disabled]="busy()" (click)="hear()" i18n="@@newSpeech.hear">
          試聴
        </button>
        <button type="submit" class="button solid" [attr.aria-disabled]="busy()" i18n="@@newSpeech.keep">登録</button>
      </div>
    </form>
  `,
  styleUrl: './new-audio.css',
})
export class NewSpokenAudio {
  private readonly api = inject(Api);
  private readonly player = inject(SoundPlayer);
  private heardUrl: string | null = null;
  /** What texts are spoken with now. */
  readonly voice = input<NoticeAudioList['voice']>();
  readonly added = output<NoticeAudio>();
  protected readonly name = signal('');
  protected readonly text = signal('');
  protected readonly kana = signal('');
  protected readonly missing = signal(false);
  protected readonly busy = signal(false);
  protected readonly failure = signal<ApiFailure | null>(null);

  constructor() {
    inject(DestroyRef).onDestroy(() => this.forget());
  }

  protected textOf(event: Event): string {
    return (event.target as HTMLInputElement | HTMLTextAreaElement).value;
  }

  protected read(): Promise<void> {
    return this.act(this.text().trim() !== '', async () => {
      const { kana } = await this.api.invoke(readNoticeText, { body: { text: this.text() } });
      this.kana.set(kana);
    });
  }

  protected hear(): Promise<void> {
    return this.act(this.text().trim() !== '', async () => {
      const sound = await this.api.invoke(previewNoticeAudio, { body: this.spoken() });
      this.forget();
      this.heardUrl = URL.createObjectURL(sound);
      await this.player.play('preview', this.heardUrl);
    });
  }

  protected keep(event: Event): Promise<void> {
    event.preventDefault();
    return this.act(this.text().trim() !== '' && this.name().trim() !== '', async () => {
      this.added.emit(await this.api.invoke(speakNoticeAudio, { body: { name: this.name(), ...this.spoken() } }));
      for (const field of [this.name, this.text, this.kana]) field.set('');
    });
  }

  private forget(): void {
    if (this.heardUrl !== null) URL.revokeObjectURL(this.heardUrl);
    this.heardUrl = null;
  }

  private spoken() {
    return { text: this.text(), kana: this.kana().trim() === '' ? null : this.kana() };
  }

  private async act(ready: boolean, work: () => Promise<void>): Promise<void> {
    this.missing.set(!ready);
    if (!ready || this.busy()) return;
    this.busy.set(true);
    this.failure.set(null);
    try {
      await work();
    } catch (error) {
      this.failure.set(toApiFailure(error));
    } finally {
      this.busy.set(false);
    }
  }
}
