/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

interface DrawnNode {
  readonly name: string
  readonly journeys: readonly string[]
}
interface DrawnLine {
  readonly from: string
  readonly to: string
  readonly journeys: readonly string[]
}
interface Drawn {
  readonly id: string
  readonly nodes: readonly DrawnNode[]
  readonly lines: readonly DrawnLine[]
}

/**
 * What happens in the page. It is written into the page as text, so it stands for itself: nothing outside of it is used, and
 * without it the page still shows everything.
 */
export function client(): void {
  const all = <E extends Element = HTMLElement>(selector: string, within: ParentNode = document): E[] => [
    ...within.querySelectorAll<E>(selector),
  ]
  const list = (element: HTMLElement, key: string) => JSON.parse(element.dataset[key] ?? '[]') as string[]
  const drawings = JSON.parse(document.getElementById('pictures')?.textContent ?? '[]') as Drawn[]
  const part = (id: string, kind: string, i: number) => document.getElementById(`${id}-${kind}-${i}`)

  for (const system of all('[data-system]')) enliven(system)
  for (const table of all<HTMLTableElement>('[data-sortable]')) makeSortable(table)

  function enliven(system: HTMLElement): void {
    const figures = all('[data-figure]', system)
    const mine = drawings.filter(({ id }) => figures.some(figure => figure.id === id))
    const filters = system.querySelector<HTMLFormElement>('[data-filters]')
    const status = system.querySelector<HTMLElement>('[data-selection]')
    const cards = all('[data-about].finding', system)
    let chosen: readonly string[] = []

    const show = (id: string) => {
      for (const figure of figures) figure.hidden = figure.id !== id
    }
    const group = (name: string) => figures.find(figure => figure.dataset['figure'] === name && name !== '')
    const fits = (names: readonly string[]) => chosen.every(name => names.includes(name))

    function mark(): void {
      for (const { id, nodes, lines } of mine) {
        nodes.forEach(({ name }, i) => part(id, 'node', i)?.classList.toggle('chosen', chosen.includes(name)))
        lines.forEach(({ from, to }, i) =>
          part(id, 'line', i)?.classList.toggle(
            'chosen',
            chosen.length === 2 && chosen[0] === from && chosen[1] === to,
          ),
        )
      }
    }

    /** Where the picture is drawn by group, a component is looked for in the group that shows it. */
    function showChosen(): void {
      const [name] = chosen
      const visible = mine.find(({ id }) => !document.getElementById(id)?.hidden)
      if (name === undefined || visible?.nodes.some(node => node.name === name)) return
      const found = mine.find(({ nodes }) => nodes.some(node => node.name === name))
      if (found) show(found.id)
    }

    function choose(names: readonly string[]): void {
      chosen = names
      showChosen()
      mark()
      filter()
    }

    function filter(): void {
      const wanted = (key: string) => (filters?.elements.namedItem(key) as HTMLSelectElement | null)?.value ?? ''
      let shown = 0
      for (const card of cards) {
        const keeps =
          ['severity', 'question', 'owner'].every(key => wanted(key) === '' || card.dataset[key] === wanted(key)) &&
          (wanted('journey') === '' || list(card, 'journeys').includes(wanted('journey'))) &&
          fits(list(card, 'about'))
        card.hidden = !keeps
        if (keeps) shown++
      }
      const count = filters?.querySelector('[data-count]')
      const of = chosen.length > 0 ? ` about ${chosen.join(' -> ')}` : ''
      if (count) count.textContent = `${shown} of ${cards.length} findings${of}`
      if (status) status.textContent = chosen.length > 0 ? `${chosen.join(' -> ')}: ${shown} findings` : ''
    }

    function dim(journey: string): void {
      for (const { id, nodes, lines } of mine) {
        const fade = (kind: string) => (one: { journeys: readonly string[] }, i: number) =>
          part(id, kind, i)?.classList.toggle('faded', journey !== '' && !one.journeys.includes(journey))
        nodes.forEach(fade('node'))
        lines.forEach(fade('line'))
      }
      for (const card of all('[data-journey-card]', system))
        card.classList.toggle('chosen', journey !== '' && card.dataset['journeyCard'] === journey)
    }

    function makePressable(element: HTMLElement | null, label: string, press: () => void): void {
      if (!element) return
      element.setAttribute('tabindex', '0')
      element.setAttribute('role', 'button')
      // What is seen on it is part of what it is called.
      const words = all<SVGTextElement>('text', element).map(text => text.textContent)
      element.setAttribute('aria-label', [...(words[0] === label ? [] : [label]), ...words].join(' '))
      element.addEventListener('click', press)
      element.addEventListener('keydown', event => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        press()
      })
    }

    for (const { id, nodes, lines } of mine) {
      nodes.forEach(({ name }, i) => {
        const detail = group(name)
        makePressable(part(id, 'node', i), name, () => {
          if (detail) show(detail.id)
          else choose(chosen.length === 1 && chosen[0] === name ? [] : [name])
        })
      })
      lines.forEach(({ from, to }, i) => {
        makePressable(part(id, 'line', i), `${from} to ${to}`, () => {
          choose([from, to])
        })
      })
    }
    for (const back of all('[data-back]', system)) {
      back.hidden = false
      back.addEventListener('click', () => {
        show(figures[0]!.id)
      })
    }
    if (figures.length > 1) show(figures[0]!.id)

    for (const button of all('[data-show]', system)) {
      button.hidden = figures.length === 0
      button.addEventListener('click', () => {
        const card = button.closest<HTMLElement>('[data-about]')!
        choose(list(card, 'about'))
        for (const one of cards) one.classList.toggle('chosen', one === card)
        figures.find(figure => !figure.hidden)?.scrollIntoView({ block: 'center' })
      })
    }
    for (const button of all('[data-pick]', system)) {
      button.addEventListener('click', () => {
        choose([button.dataset['pick']!])
        figures.find(figure => !figure.hidden)?.scrollIntoView({ block: 'center' })
      })
    }
    if (filters) {
      filters.hidden = false
      filters.addEventListener('input', filter)
      filters.querySelector('[data-clear]')?.addEventListener('click', () => {
        filters.reset()
        choose([])
      })
      filter()
    }
    for (const field of all('[data-journeys-of]', system)) {
      field.hidden = figures.length === 0
      field.addEventListener('input', event => {
        dim((event.target as HTMLInputElement).value)
      })
    }
  }

  function makeSortable(table: HTMLTableElement): void {
    const heads = all<HTMLTableCellElement>('thead th', table)
    const body = table.tBodies[0]!
    heads.forEach((head, i) => {
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = head.textContent
      head.replaceChildren(button)
      button.addEventListener('click', () => {
        const down = head.getAttribute('aria-sort') !== 'descending'
        for (const other of heads) other.removeAttribute('aria-sort')
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending')
        const key = (row: HTMLTableRowElement) => row.cells[i]?.dataset['sort'] ?? ''
        const order = (a: string, b: string) => {
          // What is not known stays at the end, whichever way it is sorted.
          if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1
          const [x, y] = [Number(a), Number(b)]
          const sign = Number.isNaN(x) || Number.isNaN(y) ? (a < b ? -1 : a > b ? 1 : 0) : x - y
          return down ? -sign : sign
        }
        body.append(...[...body.rows].sort((a, b) => order(key(a), key(b))))
      })
    })
  }
}
