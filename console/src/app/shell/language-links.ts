import { Component, inject } from '@angular/core';
import { Languages } from './language.ts';

@Component({
  selector: 'dw-language-links',
  template: `
    <nav [attr.aria-label]="languages.label">
      <ul>
        @for (language of languages.all; track language.code) {
          <li>
            @if (language.code === languages.current) {
              <span [attr.lang]="language.code" aria-current="true">{{ language.name }}</span>
            } @else {
              <a [href]="languages.addressIn(language)" [attr.lang]="language.code" [attr.hreflang]="language.code">{{
                language.name
              }}</a>
            }
          </li>
        }
      </ul>
    </nav>
  `,
  styles: `
    ul {
      display: flex;
      gap: 1.5rem;
    }
    a,
    span {
      display: inline-flex;
      align-items: center;
      min-height: 2.75rem;
    }
    span {
      font-weight: 700;
    }
  `,
})
export class LanguageLinks {
  protected readonly languages = inject(Languages);
}
