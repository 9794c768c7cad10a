import { Dialog } from '@angular/cdk/dialog';
import { Component, computed, inject, input, linkedSignal, resource, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import { readPhoneSettings } from '../api/generated/functions.ts';
import { type PhoneSettings } from '../api/generated/models.ts';
import { Session } from '../session/session.ts';
import { PrintFooter } from '../shell/print-footer.ts';
import { Icon } from '../ui/icon.ts';
import { Notice } from '../ui/notice.ts';
import { Skeleton } from '../ui/skeleton.ts';
import { NewSecretDialog } from './new-secret.dialog.ts';

const TRANSPORT: Record<PhoneSettings['transport'], string> = {
  udp: $localize`:@@transport.udp:UDP(暗号化なし)`,
  tls: $localize`:@@transport.tls:TLS(暗号化あり)`,
};
const MEDIA: Record<PhoneSettings['media'], string> = {
  rtp: $localize`:@@media.rtp:なし(RTP)`,
  srtp: $localize`:@@media.srtp:SRTP(鍵交換はSDES)`,
};
const CODEC: Partial<Record<string, string>> = { PCMU: 'PCMU (G.711 µ-law)', PCMA: 'PCMA (G.711 A-law)' };

/** What somebody types into a phone to make it one of this box. Its password is shown when asked for. */
@Component({
  selector: 'dw-phone-settings-page',
  imports: [FailureNotice, Icon, Notice, PrintFooter, RouterLink, Skeleton],
  templateUrl: './phone-settings.page.html',
  styleUrl: './phone-settings.page.css',
})
export class PhoneSettingsPage {
  private readonly api = inject(Api);
  private readonly dialog = inject(Dialog);
  private readonly session = inject(Session);

  /** From the address. */
  readonly id = input.required<string>();

  protected readonly mayChange = this.session.can('configuration.read') && this.session.can('configuration.write');
  protected readonly settings = resource({
    params: () => this.id(),
    loader: ({ params }) => this.api.invoke(readPhoneSettings, { id: params }),
  });
  protected readonly failure = computed(() => {
    const error = this.settings.error();
    return error ? toApiFailure(error) : null;
  });
  protected readonly passwordShown = linkedSignal({ source: this.id, computation: () => false });
  protected readonly said = signal('');
  protected readonly transport = TRANSPORT;
  protected readonly media = MEDIA;

  protected codecs({ codecs }: PhoneSettings): string {
    return codecs.map((codec) => CODEC[codec] ?? codec).join(', ');
  }

  protected async copyPassword({ password }: PhoneSettings): Promise<void> {
    // Right after a change it is not the one that counts.
    if (this.settings.isLoading()) return;
    try {
      await navigator.clipboard.writeText(password);
      this.said.set($localize`:@@phoneSettings.copied:パスワードをコピーしました。`);
    } catch {
      this.said.set(
        $localize`:@@phoneSettings.notCopied:コピーできませんでした。「表示」を押して、書き写してください。`,
      );
    }
  }

  protected print(): void {
    window.print();
  }

  protected renew({ name }: PhoneSettings): void {
    this.said.set('');
    const opened = this.dialog.open<boolean>(NewSecretDialog, {
      data: { id: this.id(), name },
      ariaModal: true,
      ariaLabelledBy: 'new-secret-heading',
      autoFocus: '#new-secret-heading',
    });
    opened.closed.subscribe((renewed) => {
      if (renewed !== true) return;
      this.said.set(
        $localize`:@@phoneSettings.renewed:新しいパスワードに変えました。電話機にも同じパスワードを入力してください。`,
      );
      this.passwordShown.set(true);
      this.settings.reload();
    });
  }
}
