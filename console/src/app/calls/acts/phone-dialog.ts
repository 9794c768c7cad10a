import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Directive, computed, inject, resource, signal } from '@angular/core';
import { type ApiFailure, toApiFailure } from '../../api/api-failure.ts';
import { Api } from '../../api/generated/api.ts';
import { listCallPhones } from '../../api/generated/functions.ts';
import { type LiveCall } from '../../api/generated/models.ts';
import { followedCall } from './call-in-question.ts';

/** A dialog that asks for one of a call's phones and then acts on the call. Closes with what to say then. */
@Directive()
export abstract class PhoneDialog {
  protected readonly dialog = inject<DialogRef<string>>(DialogRef);
  protected readonly call = inject<LiveCall>(DIALOG_DATA);
  protected readonly api = inject(Api);
  protected readonly now = followedCall(this.call);
  protected readonly phones = resource({
    loader: () => this.api.invoke(listCallPhones, { id: this.call.id }),
  });
  protected readonly ready = computed(() => this.now() !== null && this.phones.hasValue());
  protected readonly failure = signal<ApiFailure | null>(null);

  /** Once the call can be acted on: closes with what to say if it worked, and else stays and tells why not. */
  protected async perform(act: () => Promise<void>, said: string): Promise<null> {
    if (!this.ready()) return null;
    this.failure.set(null);
    try {
      await act();
      this.dialog.close(said);
    } catch (error) {
      this.failure.set(toApiFailure(error));
    }
    return null;
  }
}
