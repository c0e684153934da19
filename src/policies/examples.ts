import { ManifestFiles } from '../manifest/files.ts'
import { Source } from '../manifest/source.ts'
import { review } from '../review.ts'
import { exampleDay, type AnyRule, type Example } from '../rules/define.ts'
import { list } from '../units.ts'

/** What is wrong with an example of a rule: it does not show what it says. */
export interface ExampleFault {
  readonly ruleId: string
  /** Title of the example; `undefined` where one is missing. */
  readonly example?: string
  readonly message: string
}

/**
 * Reviews the examples of a rule by that rule alone, on the day on which examples are reviewed. A `bad` one must be reported in the lines that end
 * with `# <--` (anywhere, where none is marked), a `good` one nowhere, and an `unclear` one asks for the facts of the lines that
 * end with `# ?`. A rule needs at least one good and one bad example.
 */
export function checkExamples(rule: AnyRule): ExampleFault[] {
  const missing = (['good', 'bad'] as const)
    .filter(kind => !rule.examples.some(example => kind in example))
    .map(kind => ({ ruleId: rule.id, message: `There is no ${kind} example; expected at least one` }))
  const wrong = rule.examples.flatMap(example =>
    faultsOf(rule, example).map(message => ({ ruleId: rule.id, example: example.title, message })),
  )
  return [...missing, ...wrong]
}

function faultsOf(rule: AnyRule, example: Example): string[] {
  const text = 'bad' in example ? example.bad : 'good' in example ? example.good : example.unclear
  const { problems, findings, openQuestions } = review(new ManifestFiles([new Source('example', text)]), [rule], {
    today: exampleDay,
    waivers: { ignore: true },
  })
  if (problems.length > 0)
    return problems.map(({ message, location: { start } }) => `Line ${start.line}, column ${start.column}: ${message}`)
  const found = findings.map(({ location }) => location.start.line)
  const asked = openQuestions.map(({ location }) => location.start.line)
  const expected = marked(text, '<--')
  if ('bad' in example && expected.length === 0)
    return found.length > 0 ? [] : ['It is bad, but nothing is found in it']
  return [
    ...difference('a finding', expected, found),
    // What a bad example leaves open is nobody's business.
    ...('bad' in example ? [] : difference('an open question', marked(text, '\\?'), asked)),
  ]
}

/** Lines that end with a mark; one may carry it several times, `# <-- x2`. */
function marked(text: string, mark: string): number[] {
  return text.split('\n').flatMap((line, i) => {
    const found = new RegExp(`# ${mark}(?: x(\\d))?\\s*$`).exec(line)
    return found ? Array<number>(Number(found[1] ?? 1)).fill(i + 1) : []
  })
}

function difference(what: string, expected: readonly number[], found: readonly number[]): string[] {
  const sorted = (lines: readonly number[]) => lines.toSorted((a, b) => a - b)
  if (sorted(expected).join() === sorted(found).join()) return []
  return [`Expected ${what} in ${linesOf(sorted(expected))}, but there is one in ${linesOf(sorted(found))}`]
}

const linesOf = (lines: readonly number[]) => (lines.length === 0 ? 'no line' : `line ${list(lines.map(String))}`)
