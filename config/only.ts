/** Tells a program which services alone to run: their names with commas between. */
export const ONLY_VARIABLE = 'SLIPWAY_ONLY';
