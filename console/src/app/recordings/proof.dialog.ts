import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Component, computed, inject, resource } from '@angular/core';
import { toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import { getCallRecordingProof } from '../api/generated/functions.ts';
import { type RecordingAccount } from '../api/generated/models.ts';
import { DateTimePipe } from '../calendar/date-time.pipe.ts';
import { Icon } from '../ui/icon.ts';
import { Skeleton } from '../ui/skeleton.ts';
import { fingerprintOf } from './key-fingerprint.ts';
import { statementWords } from './proof-words.ts';
import { saveFile } from './save-file.ts';

/** What the audit log says became of the recording of a call, in words and as a file that an outsider can check. */
@Component({
  selector: 'dw-proof-dialog',
  imports: [DateTimePipe, FailureNotice, Icon, Skeleton],
  templateUrl: './proof.dialog.html',
  styles: `
    ol {
      display: flex;
      flex-direction: column;
      gap: 0.75rem;
      margin: 0;
      padding: 0;
      list-style: none;
    }
    li {
      padding-inline-start: 0.75rem;
      border-inline-start: 4px solid var(--dw-line-strong);
    }
    li:last-child {
      border-color: var(--dw-accent);
    }
    .what {
      margin-bottom: 0.25rem;
      font-weight: 700;
    }
    .exact {
      font-family: monospace;
      overflow-wrap: anywhere;
    }
  `,
})
export class ProofDialog {
  protected readonly dialog = inject<DialogRef>(DialogRef);
  private readonly callId = inject<string>(DIALOG_DATA);
  private readonly api = inject(Api);

  protected readonly account = resource({
    loader: () => this.api.invoke(getCallRecordingProof, { id: this.callId }),
  });
  protected readonly failure = computed(() => {
    const error = this.account.error();
    return error ? toApiFailure(error) : null;
  });
  protected readonly statements = computed(() =>
    this.account.hasValue() ? this.account.value().statements.map(({ leaf }) => statementWords(leaf)) : [],
  );
  protected readonly fingerprint = computed(() =>
    this.account.hasValue() ? fingerprintOf(this.account.value().checkpoint.verifierKey) : '',
  );

  protected save(account: RecordingAccount): void {
    const text = `${JSON.stringify(account, null, 2)}\n`;
    const name = $localize`:@@proof.fileName:録音の証明`;
    saveFile(new Blob([text], { type: 'application/json' }), `${name}_${account.callId.slice(0, 8)}.json`);
  }
}
