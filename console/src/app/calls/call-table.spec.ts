import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { aCall, idOf } from '../../testing/fixtures.ts';
import { consoleForTests } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { CallTable } from './call-table.ts';

describe('calls in a table', () => {
  let fixture: ComponentFixture<CallTable>;

  beforeEach(async () => {
    TestBed.configureTestingModule({ providers: consoleForTests() });
    fixture = TestBed.createComponent(CallTable);
    fixture.componentRef.setInput('calls', [aCall(0), aCall(1)]);
    await settle();
  });

  const boxes = () => [...(fixture.nativeElement as HTMLElement).querySelectorAll<HTMLInputElement>('[type=checkbox]')];
  const checked = () => boxes().map((box) => (box.indeterminate ? 'some' : box.checked));
  async function tick(index: number): Promise<void> {
    boxes()[index]?.click();
    await settle();
  }

  it('are badged where somebody has marked them as harassment', async () => {
    fixture.componentRef.setInput('calls', [{ ...aCall(0), marked: true }, aCall(1)]);
    await settle();
    const rows = [...(fixture.nativeElement as HTMLElement).querySelectorAll('tbody tr')];
    expect(rows.map((row) => row.textContent.includes('カスハラ'))).toEqual([true, false]);
  });

  it('cannot be chosen by who may not export them', () => {
    expect(boxes()).toEqual([]);
  });

  it('are chosen one by one, all at once, and let go again', async () => {
    fixture.componentRef.setInput('picked', new Set());
    await settle();
    expect(checked()).toEqual([false, false, false]);
    await tick(2);
    expect([checked(), fixture.componentInstance.picked()]).toEqual([['some', false, true], new Set([idOf(1)])]);
    await tick(1);
    expect(checked()).toEqual([true, true, true]);
    await tick(0);
    expect([checked(), fixture.componentInstance.picked()]).toEqual([[false, false, false], new Set()]);
    await tick(0);
    expect(fixture.componentInstance.picked()).toEqual(new Set([idOf(0), idOf(1)]));
  });
});
