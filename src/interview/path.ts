import type { Path } from '../finding.ts'

/** The path that `formatPath` wrote, or that a person wrote like it; `undefined` where it is none. */
export function parsePath(text: string): Path | undefined {
  const path: (string | number)[] = []
  let rest = text.trim()
  while (rest !== '') {
    const index = /^\[(\d+)\]/.exec(rest)
    const quoted = /^\[("(?:[^"\\]|\\.)*")\]/.exec(rest)
    const plain = (path.length === 0 ? /^([\p{L}\p{N}_-]+)/u : /^\.([\p{L}\p{N}_-]+)/u).exec(rest)
    const found = index ?? quoted ?? plain
    if (!found) return undefined
    const step = index ? Number(index[1]) : quoted ? unquoted(quoted[1]!) : plain![1]!
    if (step === undefined) return undefined
    path.push(step)
    rest = rest.slice(found[0].length)
  }
  return path.length > 0 ? path : undefined
}

function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(text) as string
  } catch {
    return undefined
  }
}
