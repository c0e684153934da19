import { isContract, losesData, migrationsOf, stepName, stepsOf, type Step } from '../../analysis/migrations.ts'
import type { Store } from '../../manifest/model.ts'
import { defineRule, noOptions, yaml, type Outcome } from '../define.ts'

export default defineRule({
  id: 'migration-irreversible',
  title: 'A destructive migration has no way back',
  severity: 'warning',
  question: 'migrations',
  on: 'store',
  options: noOptions,
  why: 'The script that undoes a dropped column brings the column back empty. Whoever counts on it finds out during an incident, when the release has to go back and the data that the old code needs are gone.',
  fix: 'Say what is done instead of undoing the step, such as restoring the data from a copy that was made before.',
  sources: [
    { title: 'Danilo Sato: Parallel Change', id: 'martinfowler.com/bliki/ParallelChange.html' },
    { title: "Amazon Builders' Library: Ensuring rollback safety during deployments", id: 'two-phase deployment' },
  ],
  reads: [
    'stores.migrations.steps.kind',
    'stores.migrations.steps.reversible',
    'stores.migrations.steps.forwardFix',
    'stores.migrations.steps.newTable',
    'stores.migrations.strategy',
    'stores.backup',
  ],

  // What only adds needs no way back: the old code runs on it.
  appliesTo: store => stepsOf(store).some(isDestructive),

  *check(store, { facts }) {
    const journeys = facts.journeys.through(store.name, 'sure')
    for (const step of stepsOf(store).filter(isDestructive)) {
      const outcome = judge(step, store)
      if (outcome) yield 'at' in outcome ? { ...outcome, journeys } : outcome
    }
  },

  examples: [
    {
      title: 'A column is dropped, nobody can bring it back, and there is no backup either',
      bad: yaml`
        stores:
          orders-db:
            backup: none
            migrations:
              strategy: expandContract
              steps:
                - { kind: dropColumn, object: orders.total, reversible: false, forwardFix: none } # <--
      `,
    },
    {
      title: 'The down script brings the column back empty',
      bad: yaml`
        stores:
          orders-db:
            backup: { interval: 1h }
            migrations:
              strategy: expandContract
              steps:
                - { kind: dropColumn, object: orders.total, reversible: true } # <--
                - { kind: dropTable, object: coupons, reversible: true, forwardFix: restore the archive table } # <--
      `,
    },
    {
      title: 'Changed in place, with no plan for the case that it goes wrong',
      bad: yaml`
        stores:
          orders-db:
            migrations:
              strategy: inPlace
              steps:
                - { kind: changeType, object: orders.total, reversible: false, forwardFix: none } # <--
      `,
    },
    {
      title: 'What happens when the release goes back is not stated',
      unclear: yaml`
        stores:
          orders-db:
            migrations:
              steps:
                - { kind: dropColumn, object: orders.total } # ?
                - { kind: renameColumn, object: orders.note } # ?
                - { kind: changeType, object: orders.state, reversible: false } # ?
      `,
    },
    {
      title: 'No way back, and the order of schema and code is not stated',
      unclear: yaml`
        stores:
          orders-db:
            migrations: # ?
              steps:
                - { kind: dropTable, object: coupons, reversible: false, forwardFix: none }
      `,
    },
    {
      title: 'The data can be restored, or nothing is lost',
      good: yaml`
        stores:
          orders-db:
            backup: none
            migrations:
              strategy: inPlace
              steps:
                - { kind: dropColumn, object: orders.total, reversible: false, forwardFix: restore from the archive table }
                - { kind: renameColumn, object: orders.note, reversible: true }
                - { kind: dropColumn, object: drafts.note, reversible: false, forwardFix: none, newTable: true }
          stock-db:
            migrations: { steps: [{ kind: addColumn, object: stock.place, reversible: false, forwardFix: none }] }
          users-db: {}
      `,
    },
    {
      title: 'No code has used the column for a release, so the code can go back without it',
      good: yaml`
        stores:
          orders-db:
            backup: { interval: 1h }
            migrations:
              strategy: expandContract
              steps:
                - { kind: dropColumn, object: orders.total, reversible: false, forwardFix: none }
                - { kind: setNotNull, object: orders.state }
      `,
    },
  ],
})

const isDestructive = (step: Step): boolean => isContract(step) && step.newTable !== true

function judge(step: Step, store: Store): Outcome | undefined {
  const { path, reversible, forwardFix } = step
  const strategy = migrationsOf(store)!.strategy
  const lossy = losesData(step)
  const unsaved = lossy && store.backup === 'none'
  if (lossy && reversible === true) return falseClaim(step, store, unsaved)
  if (reversible === true || (forwardFix !== undefined && forwardFix !== 'none')) return undefined
  // Once no code uses the old shape, going back means the code, and that runs on the new schema. The data are another matter.
  if (strategy === 'expandContract' && !unsaved) return undefined
  // To undo a drop never brings the data back, so the only question is what is done instead.
  if (!lossy && reversible === undefined) return { unknown: [...path, 'reversible'] }
  if (forwardFix === undefined)
    return { unknown: [...path, 'forwardFix'], because: `Undoing ${stepName(step)} of "${store.name}" is no way back` }
  if (strategy === undefined && !unsaved) {
    const because = `There is no way back from ${stepName(step)}, which matters as long as code uses the old shape`
    return { unknown: [...store.path, 'migrations', 'strategy'], because }
  }
  return {
    at: [...path, 'forwardFix'],
    message: `"${store.name}" cannot go back behind ${stepName(step)}${unsaved ? ', and there is no backup to restore from' : ''}; expected a forward fix`,
    severity: unsaved ? 'error' : 'warning',
    evidence: unsaved ? [{ label: 'no backup', at: [...store.path, 'backup'] }] : [],
  }
}

/** With a forward fix there is a way back after all; only the word for it is wrong. */
function falseClaim(step: Step, store: Store, unsaved: boolean): Outcome {
  const { forwardFix, path } = step
  const mended = forwardFix !== undefined && forwardFix !== 'none'
  return {
    at: [...path, 'reversible'],
    message: `"${store.name}" takes ${stepName(step)} for reversible, but undoing it brings back no data; expected reversible: false and a forward fix`,
    severity: mended ? 'info' : unsaved ? 'error' : 'warning',
    ...(mended ? { fix: 'Write reversible: false; the forward fix is the way back' } : {}),
    evidence: unsaved && !mended ? [{ label: 'no backup', at: [...store.path, 'backup'] }] : [],
  }
}
