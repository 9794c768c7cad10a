export type PlayerCommand = { do: 'toggle' } | { do: 'skip'; seconds: number } | { do: 'mute' } | { do: 'help' };

/** What a key press is, apart from the DOM. */
export interface KeyPress {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/** Letters and signs, which speech input can trigger by accident: WCAG 2.1.4 wants them to be switchable. */
const SINGLE_KEYS: Partial<Record<string, PlayerCommand>> = {
  ' ': { do: 'toggle' },
  k: { do: 'toggle' },
  j: { do: 'skip', seconds: -10 },
  l: { do: 'skip', seconds: 10 },
  m: { do: 'mute' },
  '?': { do: 'help' },
};

const ARROWS: Partial<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

/** @returns what the player shall do, or null when the key is not the player's */
export function commandFor(press: KeyPress, singleKeys: boolean): PlayerCommand | null {
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  const direction = ARROWS[press.key];
  if (direction !== undefined) return { do: 'skip', seconds: direction * (press.shiftKey ? 30 : 5) };
  return singleKeys ? (SINGLE_KEYS[press.key.toLowerCase()] ?? null) : null;
}

/** Things that have their own use for the keys. Space and Enter belong to whatever has the focus. */
export function keepsKeys(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('input:not([type=checkbox]), select, textarea, [contenteditable], [role=menu], [role=dialog]'))
    return true;
  if (target.closest('[role=slider]')) return key.startsWith('Arrow');
  return key === ' ' && target.closest('button, a, summary, input, [role=button]') !== null;
}
