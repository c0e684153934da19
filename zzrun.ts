import { readFileSync } from 'node:fs'
import { sqlParser } from './src/cli/sql-parser.ts'
import { sqlFile } from './src/evidence/sql/decode.ts'
import { sqlEvidence } from './src/evidence/sql/evidence.ts'
const t = performance.now()
const files = readFileSync(0, 'utf8').trim().split('\n').map(name => sqlFile(name, readFileSync(name)))
const e = await sqlEvidence(files as never, sqlParser(), JSON.parse(process.argv[2] ?? '{}'))
for (const h of e.hazards) console.log(`${h.file}:${h.line}:${h.column} ${h.severity}[${h.id}] ${h.message}\n    ${h.statement}\n    = fix: ${h.fix}`)
for (const n of e.notes) console.log(`NOTE ${n.file}:${n.line}:${n.column} ${n.kind} ${n.message}`)
const by: Record<string, number> = {}
for (const h of e.hazards) by[h.id] = (by[h.id] ?? 0) + 1
console.log(e.migrations, e.statements, e.questions.length, by, Math.round(performance.now() - t) + 'ms')
