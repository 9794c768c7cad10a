import {
  Component,
  type ElementRef,
  Injector,
  afterNextRender,
  computed,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { Router, Scroll } from '@angular/router';
import { filter, first } from 'rxjs';
import { Icon } from '../ui/icon.ts';
import { ExportLauncher } from '../exports/export-launcher.ts';
import { Session } from '../session/session.ts';
import { ListEnd } from '../ui/list-end.ts';
import { Skeleton } from '../ui/skeleton.ts';
import { CallListStore } from './call-list.store.ts';
import { CallSearchForm } from './call-search-form.ts';
import { type SearchInput } from './call-search.ts';
import { CallTable } from './call-table.ts';

@Component({
  selector: 'dw-call-list-page',
  imports: [CallSearchForm, CallTable, Icon, ListEnd, Skeleton],
  templateUrl: './call-list.page.html',
  styleUrl: './call-list.page.css',
})
export class CallListPage {
  private readonly injector = inject(Injector);
  protected readonly store = inject(CallListStore);
  private readonly launcher = inject(ExportLauncher);
  protected readonly list = this.store.list;
  protected readonly picked = this.store.picked;
  protected readonly mayExport = inject(Session).can('recordings.export');
  /** Spoken once; a region that only changes its text is read by every screen reader. */
  protected readonly announcement = signal('');
  protected readonly empty = computed(() => this.list.status() === 'ready' && this.list.items().length === 0);
  private readonly results = viewChild.required<ElementRef<HTMLElement>>('results');
  private readonly table = viewChild(CallTable);

  constructor() {
    if (this.list.status() === 'idle' || this.list.status() === 'failed') void this.search(this.store.asked());
    afterNextRender(() => this.table()?.focusRow(this.store.opened()));
    this.showOpenedRow();
  }

  protected async search(input: SearchInput): Promise<void> {
    await this.store.search(input);
    this.announceResult();
  }

  protected async showArrived(): Promise<void> {
    await this.store.refresh();
    this.announceResult();
    this.results().nativeElement.focus();
  }

  protected exportPicked(): void {
    if (this.picked().size > 0) void this.launcher.start({ callIds: [...this.picked()] });
  }

  protected exportFound(): void {
    void this.launcher.start({ search: this.store.searched });
  }

  protected async loadMore(): Promise<void> {
    const before = this.list.items().length;
    const added = await this.list.loadMore();
    if (added === 0) return;
    this.announcement.set($localize`:@@callList.added:${added}:count:件を追加しました。`);
    // The button goes away with the last page, and the focus must not go with it.
    if (!this.list.hasMore()) {
      const first = this.list.items()[before]?.id ?? null;
      afterNextRender(() => this.table()?.focusRow(first), { injector: this.injector });
    }
  }

  /** The router scrolls to the top after a link back to the list; the row that has the focus must be seen. */
  private showOpenedRow(): void {
    inject(Router)
      .events.pipe(
        first((event) => event instanceof Scroll),
        filter(({ position }) => position === null),
        takeUntilDestroyed(),
      )
      .subscribe(() => queueMicrotask(() => this.table()?.showRow(this.store.opened())));
  }

  private announceResult(): void {
    if (this.list.status() !== 'ready') return;
    const count = this.list.items().length;
    this.announcement.set(
      count === 0
        ? $localize`:@@callList.nothingFound:該当する通話はありません。`
        : this.list.hasMore()
          ? $localize`:@@callList.foundMany:${count}:count:件を表示しました。続きがあります。`
          : $localize`:@@callList.found:${count}:count:件を表示しました。`,
    );
  }
}
