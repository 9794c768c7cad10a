/** Dialled on a phone they must reach the police, the coast guard and the fire brigade, never a colleague or a flow. */
export const EMERGENCY_NUMBERS: ReadonlySet<string> = new Set(['110', '118', '119']);

/**
 * All that reaches them: also with the prefix of outside lines, and with 184 or 186, before a number that is shown all the same; and
 * with the `#` behind it that some phones send when it is pressed to dial.
 * @param prefix empty = none
 * @returns numbers by what is dialled
 */
export function emergencyDialling(prefix = ''): ReadonlyMap<string, string> {
  const prefixes = [...new Set(['', prefix])];
  return new Map(
    [...EMERGENCY_NUMBERS].flatMap((number) =>
      ['', '184', '186'].flatMap((before) =>
        prefixes.flatMap((outside) =>
          ['', '#'].map((after): [string, string] => [`${outside}${before}${number}${after}`, number]),
        ),
      ),
    ),
  );
}
