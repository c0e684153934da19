import { ageAt } from '../../analysis/dates.ts'
import { drillsOn } from '../../analysis/recovery.ts'
import type { Path } from '../../finding.ts'
import type { Model, Store } from '../../manifest/model.ts'
import { duration, number } from '../../units.ts'
import { defineRule, numberOption, optionMap, yaml } from '../define.ts'

const day = 86_400_000

export default defineRule({
  id: 'backup-never-restored',
  title: 'Nobody has restored a backup for a long time',
  severity: 'warning',
  question: 'read-write',
  on: 'store',
  options: optionMap({
    maxAgeDays: numberOption(180, 'Age in days from which a restore no longer counts.', { above: 0 }),
  }),
  why: 'A backup job that is green proves that something was written. Missing tables, lost keys, a wrong version of the tool and the hours that it takes only show when somebody restores.',
  formula: 'today - last restore > 180 days',
  fix: 'Restore a copy regularly, check what is in it, and write down how long it took.',
  sources: [
    {
      title:
        'AWS Well-Architected, Reliability: Perform periodic recovery of the data to verify backup integrity and processes',
      id: 'REL09-BP04',
      revision: 'November 2024',
    },
    { title: 'GitLab', id: 'postmortem of the database outage of 31 January 2017' },
  ],
  reads: ['stores.backup', 'stores.lossTolerated', 'drills.scenario', 'drills.on', 'drills.date', 'drills.passed'],

  appliesTo: ({ backup, lossTolerated }) => typeof backup === 'object' && lossTolerated !== true,

  *check(store, { model, today, options, facts }) {
    const { name, path } = store
    const { dates, open } = restoresOf(store, model)
    const ages = dates.map(date => ageAt(today, date))
    const limit = options.maxAgeDays * day
    if (ages.some(age => age === undefined || age <= limit)) return
    if (open) return yield { unknown: open, because: `no other restore of "${name}" counts` }
    const latest = dates.toSorted().at(-1)
    const age = Math.min(...ages.map(age => age ?? 0))
    const at = [...path, 'backup', 'lastRestoreTest']
    yield {
      at,
      message:
        latest === undefined
          ? `A backup of "${name}" was never restored; expected a test every ${duration(limit)}`
          : `The last restore of "${name}" was ${duration(age)} ago; expected one every ${duration(limit)}`,
      ...(latest === undefined ? {} : { arithmetic: `${today!} - ${latest} = ${number(age / day)} days` }),
      ...(latest === undefined
        ? { fix: `Restore a copy of "${name}" once, check it, and note date and duration` }
        : {}),
      journeys: facts.journeys.through(name, 'sure'),
    }
  },

  examples: [
    {
      title: 'Snapshots every night since 2022, and nobody ever looked into one',
      bad: yaml`
        stores:
          orders-db:
            backup: { interval: 1d, lastRestoreTest: never } # <--
          stock-db:
            backup: { interval: 1d, lastRestoreTest: 2025-11-20 } # <--
          users-db:
            backup:
              lastRestoreTest: { date: 2026-05-26, duration: 40m } # <--
        drills:
          stock-restore: { scenario: restore, on: stock-db, date: 2026-01-01 }
          users-restore: { scenario: restore, on: users-db, date: 2026-11-01, passed: false }
          users-failover: { scenario: failover, on: users-db, date: 2026-11-01 }
      `,
    },
    {
      title: 'Whether and when is not stated',
      unclear: yaml`
        stores:
          orders-db:
            backup: { interval: 1d } # ?
          stock-db:
            backup:
              lastRestoreTest: { duration: 40m } # ?
          users-db:
            backup: { interval: 1d, lastRestoreTest: never }
        drills:
          users-restore: { scenario: restore, on: users-db } # ?
      `,
    },
    {
      title: 'Tested within half a year, here or in a drill',
      good: yaml`
        stores:
          orders-db: { backup: { interval: 1d, lastRestoreTest: 2026-05-27 } }
          stock-db: { backup: { interval: 1d, lastRestoreTest: 2022-01-01 } }
          users-db: { backup: { interval: 1d } }
          mails-db: { backup: { interval: 1d } }
        drills:
          stock-restore: { scenario: restore, on: stock-db, date: 2026-10-01 }
          users-loss: { scenario: dataLoss, on: users-db, date: 2026-10-01, passed: true }
          mails-loss: { scenario: restore, on: mails-db, date: 2026-10-01 }
      `,
    },
    {
      title: 'What may be lost, or has no backup',
      good: yaml`
        stores:
          playground: { lossTolerated: true, backup: { lastRestoreTest: never } }
          orders-db: { backup: none }
          stock-db: {}
      `,
    },
  ],
})

/** Days on which a copy was restored, and a fact that may tell of another. A drill that failed proves nothing. */
function restoresOf(store: Store, model: Model): { dates: string[]; open: Path | undefined } {
  const test = typeof store.backup === 'object' ? store.backup.lastRestoreTest : undefined
  const drills = drillsOn(store, model).filter(({ passed }) => passed !== false)
  const restores = drills.filter(({ scenario }) => scenario === 'restore' || scenario === 'dataLoss')
  const date = typeof test === 'object' ? test.date : undefined
  const at: Path = [...store.path, 'backup', 'lastRestoreTest']
  const open: Path[] = [
    ...restores.filter(drill => drill.date === undefined).map(({ path }): Path => [...path, 'date']),
    ...drills.filter(drill => drill.scenario === undefined).map(({ path }): Path => [...path, 'scenario']),
    ...(date !== undefined || test === 'none' ? [] : [test === undefined ? at : [...at, 'date']]),
  ]
  return { dates: [date, ...restores.map(drill => drill.date)].filter(found => found !== undefined), open: open[0] }
}
