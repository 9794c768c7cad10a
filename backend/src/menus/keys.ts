import type { FlowNodeOf } from '../lines/line.schema.ts';

type Menu = Pick<FlowNodeOf<'menu'>, 'choices'>;

/**
 * What a menu makes of keys pressed without a long pause, as Asterisk does by matching extensions: the first choice that
 * is complete and cannot become a longer one, or, once no more keys come, the one that is complete by then.
 * @param pressed keys in their order; what comes after a complete choice is not looked at
 * @returns the choice's keys; null = no choice has such keys
 */
export function chosenKeys({ choices }: Menu, pressed: string): string | null {
  const known = choices.map(({ keys }) => keys);
  let soFar = '';
  for (const key of pressed) {
    soFar += key;
    const mayGoOn = known.some((keys) => keys.length > soFar.length && keys.startsWith(soFar));
    if (!mayGoOn) return known.includes(soFar) ? soFar : null;
  }
  return known.includes(soFar) ? soFar : null;
}
