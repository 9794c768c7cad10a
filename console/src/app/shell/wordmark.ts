import { Component } from '@angular/core';

@Component({
  selector: 'dw-wordmark',
  template: `
    <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" />
      <path d="M6 16h1.500M11.200 11v10M16 7v18M20.800 11v10M24.500 16H26" />
    </svg>
    <span i18n="@@product.name">電話番</span>
  `,
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 0.5rem;
      font-size: 1.25rem;
      font-weight: 700;
      line-height: 1.2;
    }
    svg {
      width: 2rem;
      height: 2rem;
      fill: var(--dw-accent);
    }
    path {
      fill: none;
      stroke: var(--color-neutral-white);
      stroke-width: 2.6;
      stroke-linecap: round;
    }
  `,
})
export class Wordmark {}
