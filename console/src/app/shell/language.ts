import { DOCUMENT, LOCALE_ID, Service, inject } from '@angular/core';
import { Router } from '@angular/router';

export interface Language {
  code: 'ja' | 'en';
  /** In its own words, whatever the console speaks now. */
  name: string;
}

/** Each language is a build of its own: Japanese at the root, the others below their code. */
@Service()
export class Languages {
  private readonly router = inject(Router);
  private readonly location = inject(DOCUMENT).location;
  readonly current = inject(LOCALE_ID).slice(0, 2);
  /** In every language at once, because whoever needs it does not read the one on the screen. */
  readonly label = '言語 / Language';
  readonly all: Language[] = [
    { code: 'ja', name: '日本語' },
    { code: 'en', name: 'English' },
  ];

  /** The same screen in the other language. */
  addressIn({ code }: Language): string {
    return `${this.location.origin}${code === 'ja' ? '' : `/${code}`}${this.router.url}`;
  }

  switchTo(language: Language): void {
    this.location.assign(this.addressIn(language));
  }
}
