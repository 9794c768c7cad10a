import { Component, computed, inject, input, output, signal } from '@angular/core';
import { type ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import { uploadNoticeAudio } from '../api/generated/functions.ts';
import { type NoticeAudio, type NoticeAudioList } from '../api/generated/models.ts';

/** Takes a sound file. */
@Component({
  selector: 'dw-new-uploaded-audio',
  imports: [FailureNotice],
  template: `
    <form class="card" novalidate (submit)="send($event)">
      <h3 i18n="@@newUpload.heading">ファイルから</h3>
      <div class="field">
        <label for="upload-name" i18n="@@newAudio.name">名称</label>
        <input id="upload-name" class="input" maxlength="60" [value]="name()" (input)="name.set(textOf($event))" />
      </div>
      <div class="field">
        <label for="upload-file" i18n="@@newUpload.file">音声ファイル</label>
        <p class="hint" id="upload-hint" i18n="@@newUpload.hint">
          {{ kinds() }}。{{ megabytes() }} MB、{{ minutes() }}分まで。音量は自動でそろえます。
        </p>
        <input id="upload-file" type="file" class="input" aria-describedby="upload-hint" (change)="take($event)" />
      </div>
      @if (missing()) {
        <p class="mistake" role="alert" i18n="@@newUpload.missing">名称を入力し、音声ファイルを選んでください。</p>
      }
      @if (failure(); as failed) {
        <dw-failure-notice [failure]="failed" />
      }
      <button type="submit" class="button solid" [attr.aria-disabled]="sending()">
        @if (sending()) {
          <ng-container i18n="@@newUpload.sending">送信しています…</ng-container>
        } @else {
          <ng-container i18n="@@newUpload.send">登録</ng-container>
        }
      </button>
    </form>
  `,
  styleUrl: './new-audio.css',
})
export class NewUploadedAudio {
  private readonly api = inject(Api);
  readonly accepted = input.required<NoticeAudioList['accepted']>();
  readonly added = output<NoticeAudio>();
  protected readonly name = signal('');
  protected readonly file = signal<File | null>(null);
  protected readonly missing = signal(false);
  protected readonly sending = signal(false);
  protected readonly failure = signal<ApiFailure | null>(null);
  protected readonly kinds = computed(() => this.accepted().kinds.join('・'));
  protected readonly megabytes = computed(() => Math.floor(this.accepted().mostBytes / 1024 / 1024));
  protected readonly minutes = computed(() => this.accepted().longestMs / 60_000);

  protected textOf(event: Event): string {
    return (event.target as HTMLInputElement).value;
  }

  protected take(event: Event): void {
    const file = (event.target as HTMLInputElement).files?.[0] ?? null;
    this.file.set(file);
    if (file && this.name() === '') this.name.set(file.name.replace(/\.[^.]*$/, '').slice(0, 60));
  }

  protected async send(event: Event): Promise<void> {
    event.preventDefault();
    const [name, file] = [this.name().trim(), this.file()];
    this.missing.set(name === '' || file === null);
    if (name === '' || file === null || this.sending()) return;
    this.sending.set(true);
    this.failure.set(null);
    try {
      const params = { 'Sound-Name': encodeURIComponent(name), body: file };
      this.added.emit(await this.api.invoke(uploadNoticeAudio, params));
      this.name.set('');
    } catch (error) {
      this.failure.set(toApiFailure(error));
    } finally {
      this.sending.set(false);
    }
  }
}
