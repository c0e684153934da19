/** Strongly connected components by Tarjan's algorithm, without recursion so that long chains cannot overflow the stack. */
export function stronglyConnected(nodes: Iterable<string>, next: (node: string) => readonly string[]): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const onStack = new Set<string>()
  const stack: string[] = []
  const found: string[][] = []

  for (const root of nodes) {
    if (index.has(root)) continue
    const work: { node: string; to: readonly string[]; done: number }[] = []
    const enter = (node: string) => {
      low.set(node, index.size)
      index.set(node, index.size)
      stack.push(node)
      onStack.add(node)
      work.push({ node, to: next(node), done: 0 })
    }
    enter(root)
    while (work.length > 0) {
      const top = work.at(-1)!
      const { node } = top
      if (top.done < top.to.length) {
        const step = top.to[top.done++]!
        if (!index.has(step)) enter(step)
        else if (onStack.has(step)) low.set(node, Math.min(low.get(node)!, index.get(step)!))
        continue
      }
      work.pop()
      const caller = work.at(-1)?.node
      if (caller !== undefined) low.set(caller, Math.min(low.get(caller)!, low.get(node)!))
      if (low.get(node) === index.get(node)) {
        const group = stack.splice(stack.lastIndexOf(node))
        for (const member of group) onStack.delete(member)
        found.push(group)
      }
    }
  }
  return found
}

/** Least number of steps from any of the starts to each node that they lead to. */
export function distances(starts: Iterable<string>, next: (node: string) => Iterable<string>): Map<string, number> {
  const steps = new Map<string, number>()
  let wave = new Set(starts)
  for (let step = 0; wave.size > 0; step++) {
    for (const node of wave) steps.set(node, step)
    wave = new Set([...wave].flatMap(node => [...next(node)]).filter(node => !steps.has(node)))
  }
  return steps
}
