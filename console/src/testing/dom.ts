import { type ComponentFixture } from '@angular/core/testing';

export const elementOf = (fixture: ComponentFixture<unknown>): HTMLElement => fixture.nativeElement as HTMLElement;

/** @throws when nothing of this kind matches, naming what was looked for */
export function find<E extends Element>(root: ParentNode, kind: new () => E, selector: string): E {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`no ${kind.name} matches ${selector}`);
  return found;
}

/** @throws when no button says this, naming those there are */
export function findButton(root: ParentNode, label: string): HTMLButtonElement {
  const buttons = [...root.querySelectorAll('button')];
  const found = buttons.find(({ textContent }) => textContent.includes(label));
  if (!found) throw new Error(`no button says ${label}; there are: ${buttons.map((b) => b.textContent.trim()).join()}`);
  return found;
}
