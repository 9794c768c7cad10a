import { Dialog } from '@angular/cdk/dialog';
import { Service, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

/** Asks the person to log in again over the screen they are at, so that nothing typed is lost. One dialog at a time. */
@Service()
export class SessionRenewal {
  private readonly dialog = inject(Dialog);
  private open: Promise<boolean> | null = null;

  /** @returns whether a session of the same person stands again */
  ask(): Promise<boolean> {
    this.open ??= this.show().finally(() => (this.open = null));
    return this.open;
  }

  private async show(): Promise<boolean> {
    const { SessionRenewalDialog } = await import('./session-renewal.dialog.ts');
    const dialog = this.dialog.open<boolean>(SessionRenewalDialog, {
      disableClose: true,
      backdropClass: 'opaque-backdrop',
      ariaModal: true,
      ariaLabelledBy: 'session-renewal-heading',
      autoFocus: 'input[type=password]',
    });
    return (await firstValueFrom(dialog.closed)) ?? false;
  }
}
