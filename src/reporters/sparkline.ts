const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/**
 * Values as blocks, from zero to the largest one; a column shows the one of its values that stands out.
 * @param top the value of a full block at least; with 1 the lowest value of a column is shown, with 0 the highest
 */
export function sparkline(
  values: readonly number[],
  columns: number,
  top: 0 | 1,
): { readonly text: string; readonly from: number | undefined; readonly to: number | undefined } {
  const each = Math.max(1, Math.ceil(values.length / columns))
  const shown = Array.from({ length: Math.ceil(values.length / each) }, (_, i) => {
    const part = values.slice(i * each, (i + 1) * each).filter(value => Number.isFinite(value))
    return part.length === 0 ? undefined : top === 1 ? Math.min(...part) : Math.max(...part)
  })
  const known = shown.filter(value => value !== undefined)
  const highest = Math.max(top, ...known)
  const text = shown
    .map(value =>
      value === undefined ? ' ' : blocks[Math.round((highest === 0 ? 0 : value / highest) * (blocks.length - 1))],
    )
    .join('')
  return known.length === 0
    ? { text, from: undefined, to: undefined }
    : { text, from: Math.min(...known), to: Math.max(...known) }
}
