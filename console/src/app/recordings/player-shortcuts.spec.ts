import { describe, expect, it } from '@jest/globals';
import { commandFor, keepsKeys } from './player-shortcuts.ts';

const press = (key: string, held: Partial<Record<'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey', true>> = {}) => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...held,
});

function element(html: string, selector = '[data-target]'): Element {
  document.body.innerHTML = html;
  const found = document.querySelector(selector);
  if (!found) throw new Error(`no ${selector} in ${html}`);
  return found;
}

describe('keys of the player', () => {
  it.each([
    [' ', { do: 'toggle' }],
    ['K', { do: 'toggle' }],
    ['j', { do: 'skip', seconds: -10 }],
    ['l', { do: 'skip', seconds: 10 }],
    ['m', { do: 'mute' }],
    ['?', { do: 'help' }],
  ])('%p is %p, and nothing once single keys are switched off', (key, command) => {
    expect(commandFor(press(key), true)).toEqual(command);
    expect(commandFor(press(key), false)).toBeNull();
  });

  it('skips by arrows, further with Shift, whether single keys are on or off', () => {
    expect(commandFor(press('ArrowLeft'), false)).toEqual({ do: 'skip', seconds: -5 });
    expect(commandFor(press('ArrowRight', { shiftKey: true }), true)).toEqual({ do: 'skip', seconds: 30 });
  });

  it.each(['ctrlKey', 'altKey', 'metaKey'] as const)('leaves keys held with %s to the browser', (held) => {
    expect(commandFor(press('k', { [held]: true }), true)).toBeNull();
    expect(commandFor(press('ArrowLeft', { [held]: true }), true)).toBeNull();
  });

  it('leaves other keys alone', () => {
    expect(commandFor(press('a'), true)).toBeNull();
    expect(commandFor(press('ArrowDown'), true)).toBeNull();
  });
});

describe('what has its own use for keys', () => {
  it.each([
    '<input data-target>',
    '<input type="radio" data-target>',
    '<select data-target></select>',
    '<textarea data-target></textarea>',
    '<div contenteditable="true"><b data-target></b></div>',
    '<div role="menu"><button data-target></button></div>',
  ])('%s keeps letters', (html) => {
    expect(keepsKeys(element(html), 'k')).toBe(true);
  });

  it('a button keeps Space and gives letters away', () => {
    const button = element('<button><span data-target></span></button>');
    expect(keepsKeys(button, ' ')).toBe(true);
    expect(keepsKeys(button, 'k')).toBe(false);
  });

  it('a slider keeps the arrows', () => {
    const slider = element('<div role="slider" data-target></div>');
    expect(keepsKeys(slider, 'ArrowLeft')).toBe(true);
    expect(keepsKeys(slider, 'j')).toBe(false);
  });

  it('plain text keeps nothing', () => {
    expect(keepsKeys(element('<p data-target></p>'), ' ')).toBe(false);
    expect(keepsKeys(null, ' ')).toBe(false);
  });
});
