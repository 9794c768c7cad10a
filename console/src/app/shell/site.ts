import { Service, inject, signal } from '@angular/core';
import { Api } from '../api/generated/api.ts';
import { readConfiguration } from '../api/generated/functions.ts';

/** The office this box serves. Its name is told in the header; without it the header does without. */
@Service()
export class Site {
  private readonly api = inject(Api);
  readonly name = signal<string | null>(null);

  async load(): Promise<void> {
    const version = await this.api.invoke(readConfiguration).catch(() => null);
    if (version) this.name.set(version.document.site.name);
  }
}
