import { type WritableSignal, effect, signal } from '@angular/core';

/**
 * A signal kept in this browser. Works without storage too (private windows, policies): then it lasts for the page.
 * @param allowed absent = any text, of which the caller judges
 */
export function rememberedSignal<T extends string>(key: string, fallback: T, allowed: readonly T[]): WritableSignal<T>;
export function rememberedSignal(key: string, fallback: string): WritableSignal<string>;
export function rememberedSignal(key: string, fallback: string, allowed?: readonly string[]): WritableSignal<string> {
  const stored = read(key);
  let kept = (allowed ? allowed.find((value) => value === stored) : stored) ?? fallback;
  const remembered = signal(kept);
  // Only a choice is kept: a default may be another one in another language or release.
  effect(() => {
    if (remembered() === kept) return;
    kept = remembered();
    write(key, kept);
  });
  return remembered;
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Nothing to do: the choice then lasts for this page only.
  }
}
