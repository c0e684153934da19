import type { Facts } from '../analysis/index.ts'
import { isImportant, rankOf } from '../analysis/reach.ts'
import type { OpenQuestion, Path } from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import type { Call, Consume, Journey, Model, Publish } from '../manifest/model.ts'
import { componentSections } from '../manifest/schema/manifest.ts'
import { factAt, metaOf } from '../manifest/walk-schema.ts'
import type { Decision } from './decide.ts'

/** Gathers what rules could not decide into one question per fact, the most valuable first. */
export function openQuestions(
  decisions: readonly Decision[],
  model: Model,
  facts: Facts,
  files: ManifestFiles,
): OpenQuestion[] {
  const byFact = new Map<string, { question: OpenQuestion; journeys: readonly Journey[] }>()
  for (const { rule, unknowns } of decisions) {
    for (const { unknown, because } of unknowns) {
      const fact = placed(unknown, model)
      const id = fact.join('\u0000')
      let known = byFact.get(id)
      if (!known) {
        const edge = edgeAt(fact, model)
        const journeys = journeysAt(fact, edge, model, facts)
        byFact.set(id, (known = { question: newQuestion(fact, edge, journeys, files), journeys }))
      }
      const { question } = known
      if (!question.ruleIds.includes(rule.id)) question.ruleIds.push(rule.id)
      if (!question.questions.includes(rule.question)) question.questions.push(rule.question)
      if (because !== undefined) question.because ??= because
    }
  }
  const ranked = [...byFact.values()].map(({ question, journeys }) => ({
    question,
    value: valueOf(question, journeys),
  }))
  ranked.sort((a, b) => b.value - a.value || compare(a.question, b.question))
  return ranked.map(({ question }) => question)
}

function valueOf({ mustBeStated, ruleIds }: OpenQuestion, journeys: readonly Journey[]): number {
  let rank = 5
  for (const { criticality } of journeys) rank = Math.min(rank, rankOf(criticality))
  return (mustBeStated ? 1000 : 0) + ruleIds.length * (6 - rank)
}

function compare(a: OpenQuestion, b: OpenQuestion): number {
  if (a.location.file !== b.location.file) return a.location.file < b.location.file ? -1 : 1
  return a.location.start.offset - b.location.start.offset || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
}

function newQuestion(
  fact: Path,
  edge: Edge | undefined,
  journeys: readonly Journey[],
  files: ManifestFiles,
): OpenQuestion {
  const { key, type } = factAt(fact)
  const meta = type && metaOf(type)
  const name = String(fact[fact.length - 1])
  return {
    fact,
    key,
    // As people call it: `web -> orders` for a call, the name otherwise.
    element: edge?.name ?? (fact.length > 1 ? String(fact[1]) : 'the manifest'),
    ask: meta?.ask ?? `What is ${name}? ${meta?.doc ?? ''}`.trim(),
    example: `${name}: ${meta?.example ?? '...'}`,
    location: files.locate(fact),
    ruleIds: [],
    questions: [],
    journeys: journeys.map(journey => journey.name),
    mustBeStated: meta?.must === true && journeys.some(isImportant),
  }
}

/** A manifest that states no journeys has no place for facts about them: what it lacks are the journeys. */
function placed(fact: Path, model: Model): Path {
  return fact[0] === 'journeys' && model.journeys.get(String(fact[1]))?.implied ? ['journeys'] : fact
}

type Edge = Call | Publish | Consume

/** The edge that a fact belongs to. */
function edgeAt([section, name, list, index]: Path, model: Model): Edge | undefined {
  if (typeof index !== 'number') return undefined
  const owner =
    section === 'services'
      ? model.services.get(String(name))
      : section === 'jobs'
        ? model.jobs.get(String(name))
        : undefined
  if (!owner) return undefined
  if (list === 'calls') return owner.calls[index]
  if (list === 'publishes') return owner.publishes[index]
  return list === 'consumes' && owner.kind === 'service' ? owner.consumes[index] : undefined
}

/** Journeys that a fact may matter to. */
function journeysAt(fact: Path, at: Edge | undefined, model: Model, facts: Facts): readonly Journey[] {
  const [section, name] = fact
  if (section === 'journeys') return [model.journeys.get(String(name))].filter(journey => journey !== undefined)
  if (section === 'slos') {
    const { journey, service } = model.slos.get(String(name)) ?? {}
    if (journey !== undefined) return [model.journeys.get(journey)].filter(found => found !== undefined)
    return service === undefined ? [] : facts.journeys.through(service)
  }
  const edge = at?.kind === 'call' ? facts.journeys.edgeOf(at) : undefined
  if (edge) return facts.journeys.taking(edge)
  // A fact about the manifest as a whole matters to every journey.
  if (fact.length === 1) return [...model.journeys.values()]
  // Jobs, alerts and the like may have the name of a component, but no journey comes through them.
  return (componentSections as readonly unknown[]).includes(section) ? facts.journeys.through(String(name)) : []
}
