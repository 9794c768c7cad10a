import { Component, computed, input } from '@angular/core';

/** Strokes on a 24 by 24 grid, drawn for this console. */
const PATHS = {
  calls: 'M4 6h16M4 12h16M4 18h10',
  live: 'M3 12h2M8 8v8M12 4v16M16 8v8M19 12h2',
  health: 'M3 12h4l3-7 4 14 3-7h4',
  incoming: 'M19 5 7 17M7 8v9h9',
  outgoing: 'M5 19 17 7M8 7h9v9',
  internal: 'M4 9h15l-4-4M20 15H5l4 4',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.5 20 20',
  menu: 'M4 6h16M4 12h16M4 18h16',
  close: 'M5 5l14 14M19 5 5 19',
  user: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.5 20c.8-3.6 3.8-5.5 7.5-5.5s6.700 1.9 7.500 5.5',
  down: 'M5 9l7 7 7-7',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  check: 'M4 12.500l5.500 5.500L20 7',
  refresh: 'M20 5v5h-5M19.500 10A8 8 0 1 0 20 14',
  exports: 'M4 7h6l2 3h8v10H4ZM12 12v5M9.500 15l2.500 2.500 2.500-2.500',
  compare: 'M4 5h6v14H4ZM14 5h6v14h-6ZM10 12h4',
  proof: 'M12 3l7 3v6c0 4-3 7-7 9-4-2-7-5-7-9V6ZM9 12l2 2 4-4',
  download: 'M12 4v11M7 11l5 5 5-5M4 20h16',
  print: 'M7 9V4h10v5M7 17H4v-8h16v8h-3M7 14h10v6H7Z',
  keyboard: 'M3 6h18v12H3ZM7 10h.01M11 10h.01M15 10h.01M17 14h.01M8 14h6',
  volume: 'M4 9.500v5h3.500L12 18.500v-13L7.500 9.500ZM15.500 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11',
  muted: 'M4 9.500v5h3.500L12 18.500v-13L7.500 9.500ZM16 9.500l5 5M21 9.500l-5 5',
  rewind: 'M4 5v5h5M4.500 10A8 8 0 1 1 4 14',
  forward: 'M20 5v5h-5M19.500 10A8 8 0 1 0 20 14',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 11v5.500M12 7.500v.01',
  success: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8 12.500l3 3 5-6',
  warning: 'M12 4 2.500 20h19ZM12 10v4.500M12 17v.01',
  error: 'M8 3h8l5 5v8l-5 5H8l-5-5V8ZM12 7.500v5.500M12 16v.01',
  phone: 'M6 3h12v18H6ZM10.500 17.500h3',
  remove: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5',
  waiting: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7v5l3.500 2',
} as const;

const FILLED = {
  play: 'M7 4.500v15l12-7.500Z',
  pause: 'M7 5h3.500v14H7ZM13.500 5H17v14h-3.500Z',
  record: 'M12 6a6 6 0 1 0 0 12 6 6 0 0 0 0-12Z',
  stopped: 'M6.500 6.500h11v11h-11Z',
} as const;

export type IconName = keyof typeof PATHS | keyof typeof FILLED;

/** Decoration: the words stand beside it, so it is hidden from assistive technology. */
@Component({
  selector: 'dw-icon',
  template: `<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" [class.filled]="filled()">
    <path [attr.d]="path()" />
  </svg>`,
  styles: `
    :host {
      display: inline-flex;
      flex: none;
      font-size: 1.25rem;
      line-height: 1;
    }
    svg {
      width: 1em;
      height: 1em;
      fill: none;
      stroke: currentColor;
      stroke-width: 2;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
    svg.filled {
      fill: currentColor;
      stroke-width: 1;
    }
  `,
})
export class Icon {
  readonly name = input.required<IconName>();
  protected readonly filled = computed(() => this.name() in FILLED);
  protected readonly path = computed(() => ({ ...PATHS, ...FILLED })[this.name()]);
}
