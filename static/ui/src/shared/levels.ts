/** The level of whatever nobody classified. */
export const DEFAULT_LEVEL = "internal"
