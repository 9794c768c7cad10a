import { DOCUMENT, Service, inject } from '@angular/core';

/** Lets the browser save what an address gives, straight to the disk: an archive does not fit into a page's memory. */
@Service()
export class SaveLink {
  private readonly document = inject(DOCUMENT);

  follow(address: string): void {
    const link = this.document.createElement('a');
    link.href = address;
    link.download = '';
    link.click();
  }
}
