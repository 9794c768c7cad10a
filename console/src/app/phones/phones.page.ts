import { Component, computed, inject, resource, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import { toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import { listPhones, listTrunks } from '../api/generated/functions.ts';
import { type PhoneStates } from '../api/generated/models.ts';
import { DateTimePipe } from '../calendar/date-time.pipe.ts';
import { EventStream } from '../live/event-stream.ts';
import { Session } from '../session/session.ts';
import { Icon } from '../ui/icon.ts';
import { SignChip } from '../ui/sign-chip.ts';
import { Skeleton } from '../ui/skeleton.ts';
import { PHONE_STATE, TRUNK_STATE, TRUNK_TYPE, canRing } from './phone-words.ts';

type Phone = PhoneStates['phones'][number];

const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

/** How phones and trunks are at this moment. */
@Component({
  selector: 'dw-phones-page',
  imports: [DateTimePipe, FailureNotice, Icon, RouterLink, SignChip, Skeleton],
  templateUrl: './phones.page.html',
  styleUrl: './phones.page.css',
})
export class PhonesPage {
  private readonly api = inject(Api);
  protected readonly maySeeSettings = inject(Session).can('phones.settings');
  protected readonly states = resource({
    loader: async () => {
      const [{ phones }, { trunks }] = await Promise.all([this.api.invoke(listPhones), this.api.invoke(listTrunks)]);
      return { phones, trunks };
    },
  });
  protected readonly failure = computed(() => {
    const error = this.states.error();
    return error ? toApiFailure(error) : null;
  });
  protected readonly wanted = signal('');
  protected readonly onlyAway = signal(false);
  private readonly phones = computed(() => (this.states.hasValue() ? this.states.value().phones : []));
  protected readonly away = computed(() => this.phones().filter(({ state }) => !canRing(state)).length);
  protected readonly shown = computed(() =>
    this.phones().filter((phone) => (!this.onlyAway() || !canRing(phone.state)) && this.isWanted(phone)),
  );
  protected readonly phoneState = PHONE_STATE;
  protected readonly trunkState = TRUNK_STATE;
  protected readonly trunkType = TRUNK_TYPE;

  constructor() {
    inject(EventStream)
      .health.pipe(takeUntilDestroyed())
      .subscribe(() => this.states.reload());
  }

  private isWanted({ name, extension, desks }: Phone): boolean {
    const wanted = folded(this.wanted().trim());
    return [name, extension, ...desks.map((desk) => desk.name)].some((text) => folded(text).includes(wanted));
  }
}
