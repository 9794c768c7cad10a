import { Component, computed, inject, signal } from '@angular/core';
import { type ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import {
  deleteNoticeAudio,
  listNoticeAudio,
  readConfiguration,
  replaceConfiguration,
} from '../api/generated/functions.ts';
import { type ConfigurationVersion, type NoticeAudio, type NoticeAudioList } from '../api/generated/models.ts';
import { DateTimePipe } from '../calendar/date-time.pipe.ts';
import { Session } from '../session/session.ts';
import { Icon } from '../ui/icon.ts';
import { Notice } from '../ui/notice.ts';
import { Skeleton } from '../ui/skeleton.ts';
import { SOURCES, WARNINGS, seconds } from './audio-words.ts';
import { HearSound } from './hear-sound.ts';
import { NewSpokenAudio } from './new-spoken-audio.ts';
import { NewUploadedAudio } from './new-uploaded-audio.ts';
import { SoundPlayer } from './sound-player.ts';

type ConfiguredNotice = ConfigurationVersion['document']['notices'][number];

@Component({
  selector: 'dw-notices-page',
  imports: [DateTimePipe, FailureNotice, HearSound, Icon, NewSpokenAudio, NewUploadedAudio, Notice, Skeleton],
  providers: [SoundPlayer],
  templateUrl: './notices.page.html',
  styleUrl: './notices.page.css',
})
export class NoticesPage {
  private readonly api = inject(Api);
  protected readonly player = inject(SoundPlayer);
  protected readonly mayChange = inject(Session).can('configuration.write');
  protected readonly configuration = signal<ConfigurationVersion | null>(null);
  protected readonly sounds = signal<NoticeAudioList | null>(null);
  protected readonly loadFailure = signal<ApiFailure | null>(null);
  protected readonly failure = signal<ApiFailure | null>(null);
  protected readonly said = signal('');
  protected readonly busy = signal(false);
  /** What was chosen for a notice and is not saved yet, by the notice's id. */
  protected readonly chosen = signal<Readonly<Record<string, string>>>({});
  protected readonly own = computed(() => (this.sounds()?.audio ?? []).filter(({ source }) => source !== 'shipped'));
  protected readonly sources = SOURCES;
  protected readonly warnings = WARNINGS;
  protected readonly seconds = seconds;

  constructor() {
    void this.load();
  }

  protected async load(): Promise<void> {
    this.loadFailure.set(null);
    try {
      const [configuration, sounds] = await Promise.all([
        this.api.invoke(readConfiguration),
        this.api.invoke(listNoticeAudio),
      ]);
      this.configuration.set(configuration);
      this.sounds.set(sounds);
    } catch (error) {
      this.loadFailure.set(toApiFailure(error));
    }
  }

  protected audioOf({ id, audio }: ConfiguredNotice): string {
    return this.chosen()[id] ?? audio;
  }

  protected soundOf(notice: ConfiguredNotice): NoticeAudio | undefined {
    const audioId = this.audioOf(notice);
    return this.sounds()?.audio.find(({ id }) => id === audioId);
  }

  protected choose(noticeId: string, event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    this.chosen.update((chosen) => ({ ...chosen, [noticeId]: value }));
  }

  protected async save(notice: ConfiguredNotice): Promise<void> {
    const current = this.configuration();
    if (!current) return;
    const audio = this.audioOf(notice);
    const text = this.soundOf(notice)?.text ?? notice.text;
    const notices = current.document.notices.map((one) => (one.id === notice.id ? { ...one, audio, text } : one));
    await this.act($localize`:@@notices.saved:「${notice.name}:name:」の音声を変えました。`, async () => {
      const body = { ...current.document, notices };
      await this.api.invoke(replaceConfiguration, { 'If-Match': `"${current.version}"`, body });
      this.chosen.update(({ [notice.id]: _saved, ...others }) => others);
    });
  }

  protected async remove({ id, name }: NoticeAudio): Promise<void> {
    if (!confirm($localize`:@@notices.removeSure:音声「${name}:name:」を削除しますか。元に戻せません。`)) return;
    await this.act($localize`:@@notices.removed:「${name}:name:」を削除しました。`, async () => {
      await this.api.invoke(deleteNoticeAudio, { id });
    });
  }

  protected async added(audio: NoticeAudio): Promise<void> {
    this.said.set($localize`:@@notices.added:「${audio.name}:name:」を登録しました。告知の一覧で選ぶと、使われます。`);
    await this.load();
  }

  private async act(done: string, work: () => Promise<void>): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.failure.set(null);
    this.said.set('');
    try {
      await work();
      this.said.set(done);
      await this.load();
    } catch (error) {
      this.failure.set(toApiFailure(error));
    } finally {
      this.busy.set(false);
    }
  }
}
