import { questions, type QuestionKey } from '../../finding.ts'
import { notStated, type Report } from '../../report.ts'
import type { AnyRule } from '../../rules/define.ts'
import { plural } from '../../units.ts'
import { place } from '../frame.ts'
import { notStatedRule } from '../pseudo-rules.ts'
import type { Run } from '../reporter.ts'
import { visible } from '../text.ts'
import { Architecture, Components, Journeys, Tables } from './design.tsx'
import { Claims } from './claims.tsx'
import { Findings, Questions } from './findings.tsx'
import type { View } from './view.ts'

/** All that stands in the page. */
export function Body({ views, run }: { views: readonly View[]; run: Run }) {
  const several = views.length > 1
  return (
    <>
      <header>
        <h1>
          {several ? `Design review of ${views.length} systems` : `Design review of ${visible(views[0]?.name ?? '')}`}
        </h1>
        {several && (
          <ul>
            {views.map(({ prefix, name, report }) => (
              <li key={prefix}>
                <a href={`#${prefix}top`}>{visible(name)}</a>: {report.verdict}
              </li>
            ))}
          </ul>
        )}
      </header>
      <main>
        {views.map(view => (
          <System key={view.prefix} view={view} />
        ))}
        <Rules rules={mentioned(run)} />
      </main>
      <footer>
        Made by {run.tool.name} {run.tool.version}. Nothing in this file is loaded from anywhere.
      </footer>
    </>
  )
}

function System({ view }: { view: View }) {
  const { report, prefix, name, design } = view
  const unstated = notStated(report)
  const others = report.openQuestions.filter(({ mustBeStated }) => !mustBeStated)
  return (
    <section id={`${prefix}top`} data-system={prefix}>
      <h2>{visible(name)}</h2>
      <Verdict report={report} />
      {report.problems.length > 0 && <Problems report={report} />}
      {report.scoreboard.length > 0 && (
        <Part title="The eight questions">
          <Scoreboard report={report} />
        </Part>
      )}
      {design && (
        <Part title="Architecture">
          <Architecture view={view} design={design} />
        </Part>
      )}
      {(report.findings.length > 0 || report.problems.length === 0) && (
        <Part title={`Findings (${report.findings.length})`}>
          <Findings view={view} />
        </Part>
      )}
      {unstated.length > 0 && (
        <Part title={`Not stated, though it must be (${unstated.length})`}>
          <Questions questions={unstated} rule={notStatedRule} />
        </Part>
      )}
      {report.evidence && (
        <Part title={`Evidence (${report.evidence.claims.length})`}>
          <Claims report={report} />
        </Part>
      )}
      {report.waived.length > 0 && (
        <Part title={`Waived (${report.waived.length})`}>
          <Waived report={report} />
        </Part>
      )}
      {others.length > 0 && (
        <Part title={`Open questions (${others.length})`}>
          <Questions questions={others} />
        </Part>
      )}
      {design && (
        <>
          <Part title="Journeys">
            <Journeys design={design} />
          </Part>
          <Part title="Components">
            <Components design={design} />
          </Part>
          <Part title="Numbers">
            <Tables design={design} prefix={prefix} />
          </Part>
        </>
      )}
    </section>
  )
}

const Part = ({ title, children }: { title: string; children: preact.ComponentChildren }) => (
  <section>
    <h3>{title}</h3>
    {children}
  </section>
)

function Verdict({ report }: { report: Report }) {
  const { verdict, findings, openQuestions, waived, coverage, file } = report
  const count = (severity: string) => findings.filter(finding => finding.severity === severity).length
  const parts = [
    plural(count('error'), 'error'),
    plural(count('warning'), 'warning'),
    plural(count('info'), 'note'),
    plural(openQuestions.length, 'open question'),
    ...(waived.length > 0 ? [`${waived.length} waived`] : []),
    ...(coverage === null ? [] : [`${Math.floor(coverage * 100)}% of the checks decided`]),
  ]
  return (
    <p class="verdict">
      <strong class={verdict.replace(' ', '-')}>{verdict}</strong> {visible(file)}: {parts.join(', ')}
    </p>
  )
}

const Problems = ({ report }: { report: Report }) => (
  <ul class="problems">
    {report.problems.map(({ ruleId, message, location }, i) => (
      <li key={i} data-rule={ruleId} data-severity="error">
        <strong>{visible(place(location))}</strong> {visible(message)}
      </li>
    ))}
  </ul>
)

function Scoreboard({ report }: { report: Report }) {
  return (
    <div class="scroll" role="region" aria-label="The eight questions" tabIndex={0}>
      <table class="scoreboard">
        <thead>
          <tr>
            {['answer', 'question', 'passed', 'failed', 'open', 'waived', 'known'].map(head => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.scoreboard.map(({ key, answer, passed, failed, open, waived, coverage }) => (
            <tr key={key}>
              <td>
                <span class={`answer ${answer.replace('/', '')}`}>{answer}</span>
              </td>
              <th scope="row">{questions[key as QuestionKey]}</th>
              <td class="number">{passed}</td>
              <td class="number">{failed}</td>
              <td class="number">{open}</td>
              <td class="number">{waived}</td>
              <td class="number">{coverage === null ? '-' : `${Math.floor(coverage * 100)}%`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const Waived = ({ report }: { report: Report }) => (
  <ul>
    {report.waived.map(({ finding, reason, owner, until }, i) => (
      <li key={i}>
        <a href={`#rule-${finding.ruleId}`}>{finding.ruleId}</a> {visible(finding.message)} (
        {visible(place(finding.location))}). Accepted by {visible(owner)} until {until}: {visible(reason)}
      </li>
    ))}
  </ul>
)

/** Rules that the page speaks of: the others would only make it long. */
function mentioned({ reports, rules }: Run): AnyRule[] {
  const ids = new Set(
    reports.flatMap(({ findings, waived, openQuestions }) => [
      ...[...findings, ...waived.map(({ finding }) => finding)].flatMap(({ ruleId, alsoImplies }) => [
        ruleId,
        ...alsoImplies.map(implied => implied.ruleId),
      ]),
      ...openQuestions.flatMap(({ ruleIds }) => ruleIds),
    ]),
  )
  return rules.filter(({ id }) => ids.has(id)).sort((a, b) => (a.id < b.id ? -1 : 1))
}

function Rules({ rules }: { rules: readonly AnyRule[] }) {
  if (rules.length === 0) return null
  return (
    <section>
      <h2>Rules</h2>
      {rules.map(({ id, title, question, why, formula, fix, sources }) => (
        <details key={id} id={`rule-${id}`}>
          <summary>
            {id}: {title}
          </summary>
          <p class="meta">{questions[question]}</p>
          <p>{why}</p>
          {formula !== undefined && <pre>{formula}</pre>}
          <p>
            <strong>What to do.</strong> {fix}
          </p>
          <ul>
            {sources.map(source => (
              <li key={source.title + (source.id ?? '')}>
                {[source.title, source.id, source.revision].filter(part => part !== undefined).join(', ')}
              </li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  )
}
