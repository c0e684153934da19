import { questions, severities, type Finding, type OpenQuestion, type QuestionKey } from '../../finding.ts'
import { textsOf } from '../../report.ts'
import { linesOf, place } from '../frame.ts'
import { byKey } from '../page.ts'
import type { PseudoRule } from '../pseudo-rules.ts'
import { visible } from '../text.ts'
import { about, ownerOf, pathOf, type View } from './view.ts'

/** Every finding with its arithmetic and its YAML, behind filters that the script fills with life. */
export function Findings({ view }: { view: View }) {
  const { report, prefix } = view
  if (report.findings.length === 0) return <p>Nothing was found.</p>
  return (
    <div data-list>
      <Filters view={view} />
      {report.findings.map((finding, i) => (
        <FindingCard key={i} view={view} finding={finding} id={`${prefix}finding-${i}`} />
      ))}
    </div>
  )
}

function Filters({ view }: { view: View }) {
  const { findings } = view.report
  const distinct = (values: readonly (string | undefined)[]) =>
    [...new Set(values.flatMap(value => value ?? []))].sort()
  const selects: [string, string, { value: string; label: string }[]][] = [
    ['severity', 'Severity', severities.map(value => ({ value, label: value }))],
    [
      'question',
      'Question',
      distinct(findings.map(({ question }) => question)).map(value => ({
        value,
        label: questions[value as QuestionKey],
      })),
    ],
    ['journey', 'Journey', distinct(findings.flatMap(({ journeys }) => journeys)).map(plain)],
    ['owner', 'Owner', distinct(findings.map(finding => ownerOf(view, finding))).map(plain)],
  ]
  return (
    <form class="filters" data-filters hidden>
      {selects
        .filter(([, , options]) => options.length > 1)
        .map(([key, label, options]) => (
          <label key={key}>
            {label}
            <select name={key}>
              <option value="">all</option>
              {options.map(({ value, label }) => (
                <option key={value} value={value}>
                  {visible(label)}
                </option>
              ))}
            </select>
          </label>
        ))}
      <button type="button" data-clear>
        Show all
      </button>
      <output data-count />
    </form>
  )
}

const plain = (value: string) => ({ value, label: value })

function FindingCard({ view, finding, id }: { view: View; finding: Finding; id: string }) {
  const { severity, ruleId, message, arithmetic, evidence, journeys, alsoImplies, note, fix, question } = finding
  const names = about(view, finding)
  const data = {
    'data-rule': ruleId,
    'data-severity': severity,
    'data-question': question,
    'data-journeys': JSON.stringify(journeys),
    'data-owner': ownerOf(view, finding) ?? '',
    'data-about': JSON.stringify(names),
  }
  return (
    <article id={id} class={`finding ${severity}`} {...data} aria-labelledby={`${id}-title`}>
      <h4 id={`${id}-title`}>
        <span class="tag">{severity}</span> {visible(message)}
      </h4>
      <p class="meta">
        <a href={`#rule-${ruleId}`}>{ruleId}</a> <span>{visible(place(finding.location))}</span>
        {journeys.length > 0 && <span>journeys: {visible(journeys.join(', '))}</span>}
        {names.length > 0 && (
          <button type="button" data-show hidden>
            Show {visible(shownAs(names))}
          </button>
        )}
      </p>
      <Excerpt view={view} finding={finding} />
      {arithmetic !== undefined && <pre class="arithmetic">{visible(arithmetic)}</pre>}
      {evidence.length > 0 && (
        <ul class="evidence">
          {evidence.map(({ label, location }, i) => (
            <li key={i}>
              {visible(label)} <span class="place">{visible(place(location))}</span>
            </li>
          ))}
        </ul>
      )}
      {alsoImplies.map(({ ruleId, message }, i) => (
        <p key={i}>
          Also <a href={`#rule-${ruleId}`}>{ruleId}</a>: {visible(message)}
        </p>
      ))}
      {note !== undefined && <p>{visible(note)}</p>}
      <p class="fix">
        <strong>Fix.</strong> {visible(fix)}
      </p>
    </article>
  )
}

const shownAs = (names: readonly string[]) => (names.length > 2 ? names.join(', ') : names.join(' -> '))

/** Lines around the place, the one that is meant marked. */
function Excerpt({ view, finding }: { view: View; finding: Finding }) {
  const { file, start, end } = finding.location
  const lines = linesOf(textsOf(view.report), file)
  if (!lines) return null
  const last = Math.min(Math.max(start.line, end.line), start.line + 4)
  const from = Math.max(1, start.line - 2)
  const shown = lines.slice(from - 1, last + 1)
  return (
    <pre class="yaml" aria-label={`${file}, ${pathOf(finding)}`}>
      {shown.map((line, i) => {
        const number = from + i
        const text = `${String(number).padStart(4)}  ${visible(cut(line))}\n`
        return number >= start.line && number <= last ? <mark key={number}>{text}</mark> : text
      })}
    </pre>
  )
}

const longestLine = 500
const cut = (line: string) => (line.length > longestLine ? `${line.slice(0, longestLine)}...` : line)

/** Questions about the same key are one thing to do. */
export function Questions({ questions: open, rule }: { questions: readonly OpenQuestion[]; rule?: PseudoRule }) {
  const data = rule ? { 'data-rule': rule.id, 'data-severity': rule.severity } : {}
  return (
    <ul class="questions">
      {byKey(open).map(group => {
        const [{ key, ask, example }] = group
        const rules = [...new Set(group.flatMap(({ ruleIds }) => ruleIds))]
        return (
          <li key={key} {...data}>
            <p>
              <strong>{visible(ask)}</strong>
            </p>
            <pre>{visible(example)}</pre>
            <ul>
              {group.map((question, i) => (
                <li key={i}>
                  {visible(question.element)} <span class="place">{visible(place(question.location))}</span>
                  {question.because !== undefined && `: ${visible(question.because)}`}
                </li>
              ))}
            </ul>
            <p class="meta">
              <span>decides</span>
              {rules.map(id => (
                <a key={id} href={`#rule-${id}`}>
                  {id}
                </a>
              ))}
            </p>
          </li>
        )
      })}
    </ul>
  )
}
