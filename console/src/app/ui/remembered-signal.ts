import { type WritableSignal, effect, signal } from '@angular/core';

/** A signal kept in this browser. Works without storage too (private windows, policies): then it lasts for the page. */
export function rememberedSignal<T extends string>(key: string, fallback: T, allowed: readonly T[]): WritableSignal<T> {
  const stored = read(key);
  const remembered = signal(allowed.find((value) => value === stored) ?? fallback);
  effect(() => write(key, remembered()));
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
