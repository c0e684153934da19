/** Members of `n` that may be lost while a majority of all `n` is left: ⌈n/2⌉ − 1. */
export const toleratedLosses = (n: number): number => Math.max(0, Math.ceil(n / 2) - 1)
