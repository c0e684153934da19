type Values = Record<string, unknown>

/**
 * A map that the engine keeps as a table, as it does those without a prototype. It learns the layout of every other one, key by
 * key, which pays where many have the same keys in the same order. In a small manifest hardly two have, and learning them takes
 * a tenth of its review.
 */
export const mapOfItsOwn = (): Values => Object.create(null) as Values

/** Made of another map, and kept as that is. */
export const emptyLike = (map: object): Values => (Object.getPrototypeOf(map) === null ? mapOfItsOwn() : {})
