import { TestBed } from '@angular/core/testing';

/** Until every promise that is ready has been followed and the screen shows what came of it. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise<void>((resolve) => setTimeout(resolve));
    TestBed.tick();
  }
}
