import { randomLcg } from 'd3-random'

/**
 * Draws of one variable by the number of the draw: each is the same whenever it is asked for, and independent of the draws of
 * other streams.
 */
export interface Stream {
  /** @param draw from 0, below `mostDraws` */
  at(draw: number): number
}

export const mostDraws = 20_000
/** Streams with an order of their own; more of them have the same ones, begun elsewhere. */
const mostRows = 64

/** Of the standard normal distribution. */
export const normals: (stream: number) => Stream = streamsOf(normalQuantiles)
/** From 0 to 1. */
export const uniforms: (stream: number) => Stream = streamsOf(() =>
  new Float64Array(mostDraws).map((_, i) => middle(i)),
)

function streamsOf(quantiles: () => Float64Array): (stream: number) => Stream {
  const rows: Row[] = []
  let known: Float64Array | undefined
  return stream => {
    const number = stream % mostRows
    known ??= quantiles()
    // Multiples of the golden ratio lie as far apart as they can, so no row repeats what another has drawn.
    const row = (rows[number] ??= new Row(known, (0.1 + number * goldenRatio) % 1))
    return stream < mostRows ? row : row.from(Math.floor(stream / mostRows) * 311)
  }
}

const goldenRatio = (Math.sqrt(5) - 1) / 2

/**
 * The quantiles of a distribution in an order of its own (Latin hypercube sampling: McKay, Beckman, Conover, 1979), so that a
 * single hop has no error of sampling, and several have less. Put in order as far as asked, once in the life of the process.
 */
class Row implements Stream {
  readonly #values: Float64Array
  readonly #random: () => number
  #drawn = 0

  constructor(quantiles: Float64Array, seed: number) {
    this.#values = quantiles.slice()
    this.#random = randomLcg(seed)
  }

  at(draw: number): number {
    while (this.#drawn <= draw) this.#drawOne(this.#drawn++)
    return this.#values[draw]!
  }

  from(start: number): Stream {
    return { at: draw => this.at((start + draw) % mostDraws) }
  }

  /** One step of the shuffle of Fisher and Yates: picks from those behind the ones that were picked. */
  #drawOne(at: number): void {
    const values = this.#values
    const other = at + Math.floor(this.#random() * (mostDraws - at))
    const value = values[other]!
    values[other] = values[at]!
    values[at] = value
  }
}

/** Of the share that draw `i` stands for where all are in order. */
const middle = (i: number) => (i + 0.5) / mostDraws

const density = (z: number) => Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI)

/** Of the standard normal distribution lowest first: its density summed up from the median, to six digits. */
function normalQuantiles(): Float64Array {
  const values = new Float64Array(mostDraws)
  const cell = 0.01
  let i = mostDraws / 2
  for (let [z, below] = [0, 0.5]; i < mostDraws; z += cell) {
    const share = density(z + cell / 2) * cell
    for (; i < mostDraws && middle(i) < below + share; i++) {
      values[i] = z + ((middle(i) - below) / share) * cell
      values[mostDraws - 1 - i] = -values[i]!
    }
    below += share
  }
  return values
}
