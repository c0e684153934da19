import { InvalidArgumentError } from 'commander'

/** One `--load` of the command line: `3x`, or `checkout=5x`. */
export interface LoadOption {
  /** `undefined`: all journeys. */
  readonly journey: string | undefined
  readonly factor: number
}

export function loadOption(value: string, before: LoadOption[]): LoadOption[] {
  const [, journey, number] = /^(?:([^=]+)=)?(\d+(?:\.\d+)?)x?$/.exec(value) ?? []
  const factor = Number(number)
  if (number === undefined || !(factor > 0))
    throw new InvalidArgumentError('Expected a factor such as 3x, or checkout=5x.')
  return [...before, { journey, factor }]
}
