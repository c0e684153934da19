import { keepsDataForGood } from '../../analysis/engine.ts'
import { number } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'no-backup-system-of-record',
  title: 'The only home of some data has no backup',
  severity: 'error',
  question: 'read-write',
  on: 'store',
  options: noOptions,
  why: 'Replicas repeat every mistake within milliseconds: a bad migration, a missing WHERE, a stolen password. Only a copy that lags behind on purpose can undo them.',
  fix: 'Back it up, outside the account it runs in, with recovery to any moment if the engine can do it, and restore a copy for practice.',
  sources: [
    {
      title: 'AWS Well-Architected, Reliability: Identify and back up all data that needs to be backed up',
      id: 'REL09-BP01',
      revision: 'November 2024',
    },
    { title: 'Site Reliability Engineering', id: 'chapter 26, "Data Integrity"' },
  ],
  reads: [
    'stores.role',
    'stores.backup',
    'stores.rebuildFrom',
    'stores.lossTolerated',
    'stores.engine',
    'stores.replicas',
  ],

  appliesTo: store => {
    if (store.lossTolerated === true) return false
    if (store.role !== undefined) return store.role === 'systemOfRecord'
    return keepsDataForGood(store) && (store.rebuildFrom === undefined || store.rebuildFrom === 'none')
  },

  *check(store, { facts }) {
    const { role, backup, replicas, path } = store
    if (backup === undefined)
      return yield {
        unknown: [...path, 'backup'],
        because: `if "${store.name}" cannot be rebuilt from elsewhere, what is lost or overwritten in it is gone`,
      }
    if (backup !== 'none') return
    if (role === undefined) return yield { unknown: [...path, 'role'], because: `"${store.name}" has no backup` }
    const copies =
      replicas !== undefined && replicas > 1
        ? `; its ${number(replicas)} replicas copy a bad write at once and are no backup`
        : ''
    yield {
      at: [...path, 'backup'],
      message: `"${store.name}" is the only home of its data and has no backup${copies}; expected copies from which it can be restored`,
      evidence: [{ label: 'it is the system of record', at: [...path, 'role'] }],
      journeys: facts.journeys.through(store.name, 'sure'),
    }
  },

  examples: [
    {
      title: 'Three replicas, and each of them runs the DROP TABLE',
      bad: yaml`
        stores:
          orders-db:
            engine: mongodb@7
            role: systemOfRecord
            replicas: 3
            backup: none # <--
      `,
    },
    {
      title: 'Balances that live in memory only',
      bad: yaml`
        stores:
          balances:
            engine: redis
            role: systemOfRecord
            replicas: 1
            backup: none # <--
      `,
    },
    {
      title: 'Nothing is said of backups',
      unclear: yaml`
        stores:
          orders-db: { engine: postgres@16, role: systemOfRecord } # ?
          stock-db: { engine: mysql@8 } # ?
          payments-db: { rebuildFrom: none } # ?
      `,
    },
    {
      title: 'No backup, and whether the data could be made again is not stated',
      unclear: yaml`
        stores:
          stock-db: { engine: mysql@8, backup: none } # ?
      `,
    },
    {
      title: 'What is derived is made again, and a playground may be lost',
      good: yaml`
        stores:
          orders-db: { engine: postgres@16, role: systemOfRecord, backup: { interval: 1d, pointInTime: true } }
          order-list: { engine: postgres@16, role: projection, backup: none }
          stock-list: { engine: postgres@16, rebuildFrom: stock-events, backup: none }
          playground: { engine: postgres@16, role: systemOfRecord, lossTolerated: true, backup: none }
          search: { engine: opensearch@2 }
          sessions: { engine: valkey@8 }
      `,
    },
  ],
})
