import { Component, inject } from '@angular/core';
import { DateTimePipe } from '../calendar/date-time.pipe.ts';
import { ServerClock } from '../clock/server-clock.ts';
import { Session } from '../session/session.ts';
import { Site } from './site.ts';

/** Whoever finds the sheet shall know when and by whom it was printed. */
@Component({
  selector: 'dw-print-footer',
  imports: [DateTimePipe],
  template: `<p class="print-only small" i18n="@@print.footer">
    {{ site.name() }} 電話番 {{ clock.now() | dwDateTime }} に {{ session.user()?.name }} が印刷
  </p>`,
})
export class PrintFooter {
  protected readonly clock = inject(ServerClock);
  protected readonly session = inject(Session);
  protected readonly site = inject(Site);
}
