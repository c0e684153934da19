import { element, fact, listOf, mechanism, oneOf, orNone, reference } from './fact.ts'
import { choice, count, flag, positiveDuration, text } from './scalars.ts'

/** How the schema of a store changes. */

export const stepKinds = [
  'addTable',
  'addColumn',
  'addIndex',
  'addConstraint',
  'backfill',
  'dualWrite',
  'switchReads',
  'switchCode',
  'dropColumn',
  'dropTable',
  'renameColumn',
  'renameTable',
  'changeType',
  'setNotNull',
  'dropConstraint',
] as const

const step = element(
  {
    kind: fact(choice(...stepKinds), 'What it does.', { ask: 'What does the step do?', example: 'addColumn' }),
    object: fact(text(), 'Table or table.column it concerns.', {
      ask: 'Which table or column does it concern?',
      example: 'customers.email',
    }),
    release: fact(
      oneOf([count(), text()], 'a number or name of a release'),
      'Release with which it ships; releases with numbers are ordered by them, others by the order of the list.',
      {
        ask: 'With which release does it ship?',
        example: '42',
        must: true,
      },
    ),
    reversible: fact(flag(), 'Whether it can be undone without losing data.', {
      ask: 'Can it be undone without losing data?',
      example: 'true',
    }),
    forwardFix: fact(orNone(text(), 'what is done instead'), 'What is done instead of undoing it.', {
      ask: 'What is done instead of undoing it?',
      example: 'restore the column from the archive table',
    }),
    readers: fact(listOf(reference('a service'), 'services'), 'Services that still read the old shape.', {
      ask: 'Which services still read the old shape when it ships?',
      example: '[billing]',
    }),
    rows: fact(count(), 'Rows of the table.', { example: '80000000' }),
    concurrently: fact(flag(), 'Whether it is done without blocking writes.', { example: 'true' }),
    notValid: fact(flag(), 'Whether a constraint is added first and validated later.', { example: 'true' }),
    default: fact(choice('none', 'constant', 'volatile'), 'Default of an added column.', { example: 'constant' }),
    batched: fact(flag(), 'Whether a backfill runs in batches.', { example: 'true' }),
    newTable: fact(flag(), 'Whether the table was created in the same migration.', {
      default: '`false`',
      example: 'true',
    }),
    statement: fact(text(), 'The SQL, for readers.', { example: 'ALTER TABLE ...' }),
  },
  'a map with kind, object, release',
)

export const migrationsSchema = mechanism(
  element(
    {
      tool: fact(text(), 'What runs them.', { example: 'flyway' }),
      files: fact(oneOf([text(), listOf(text(), 'globs')], 'a glob or a list of globs'), 'Where the SQL is.', {
        example: 'db/orders/*.sql',
      }),
      lockTimeout: fact(
        orNone(positiveDuration(), 'a duration such as 1s'),
        'Longest wait of a schema change for a lock.',
        {
          ask: 'How long may a schema change wait for a lock?',
          example: '1s',
          must: true,
        },
      ),
      statementTimeout: fact(orNone(positiveDuration(), 'a duration such as 5s'), 'Longest run of one statement.', {
        example: '5s',
      }),
      runOn: fact(choice('startup', 'deploy', 'manual', 'pipeline'), 'When they run.', { example: 'deploy' }),
      advisoryLock: fact(flag(), 'Whether the tool lets only one instance migrate.', { example: 'true' }),
      duration: fact(positiveDuration(), 'How long they take.', { example: '30s' }),
      onlineTool: fact(flag(), 'Whether a tool such as gh-ost copies the table.', {
        default: '`false`',
        example: 'false',
      }),
      strategy: fact(
        choice('expandContract', 'maintenanceWindow', 'inPlace'),
        'How a change is spread over releases. `expandContract`: old and new shape live side by side until no code reads the old one.',
        {
          ask: 'In which order do schema and code change?',
          example: 'expandContract',
          must: true,
        },
      ),
      steps: fact(listOf(step, 'steps'), 'Planned changes, in order.', {
        example: '[{ kind: addColumn, object: customers.email, release: 42 }]',
      }),
    },
    'a map with tool, lockTimeout, strategy, steps',
  ),
  'a map with tool, lockTimeout, strategy, steps',
)
