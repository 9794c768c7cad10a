import { Dialog } from '@angular/cdk/dialog';
import { Service, inject } from '@angular/core';
import { Router } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import { type Export, type ExportedSearch } from '../api/generated/models.ts';

/** What is to be exported: these calls, or all that a search finds. */
export type ExportSubject = { callIds: readonly string[] } | { search: ExportedSearch };

/** Opens the dialog that makes an export, and shows the list of exports once there is a new one. */
@Service()
export class ExportLauncher {
  private readonly dialog = inject(Dialog);
  private readonly router = inject(Router);

  async start(subject: ExportSubject): Promise<void> {
    const { ExportDialog } = await import('./export.dialog.ts');
    const opened = this.dialog.open<Export>(ExportDialog, {
      data: subject,
      ariaModal: true,
      ariaLabelledBy: 'export-heading',
      autoFocus: '#export-heading',
    });
    if (await firstValueFrom(opened.closed)) await this.router.navigateByUrl('/exports');
  }
}
