/** Dialled on a phone they must reach the police, the coast guard and the fire brigade, never a colleague or a flow. */
export const EMERGENCY_NUMBERS: ReadonlySet<string> = new Set(['110', '118', '119']);
