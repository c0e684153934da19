import { test } from 'vitest'
import { factsOf } from '../src/analysis/index.ts'
import { outagesOf } from '../src/analysis/outage.ts'
import { modelOf } from './support.ts'

test('speed', () => {
  const n = 460
  const services: Record<string, unknown> = {}
  const stores: Record<string, unknown> = {}
  const journeys: Record<string, unknown> = {}
  for (let j = 0; j < 20; j++) journeys[`j${j}`] = { entry: `s${j}`, criticality: j < 6 ? 'critical' : 'normal', load: { steady: '10/s', peak: '50/s' } }
  for (let i = 0; i < n; i++) {
    const calls = [1, 2, 3].map(k => ({ to: i * 2 + k + 17 < n ? `s${i * 2 + k + 17}` : `d${(i + k) % 40}`, timeout: '1s', retries: 'none', fallback: k === 3 ? (k + i) % 5 === 0 ? { to: `d${(i + 7) % 40}` } : 'static' : 'none' }))
    services[`s${i}`] = { replicas: 3, concurrency: 20, serviceTime: { mean: '5ms' }, calls: [...new Map(calls.map(c => [c.to, c])).values()] }
  }
  for (let d = 0; d < 40; d++) stores[`d${d}`] = { capacity: { rps: 5000 }, latency: { mean: '2ms' } }
  const model = modelOf(JSON.stringify({ version: 1, journeys, services, stores }))
  const cpu = () => process.cpuUsage().user / 1000; const t0 = cpu()
  const facts = factsOf(model)
  facts.blastRadius.ranking('down'); 
  const t1 = cpu()
  facts.blastRadius.ranking('slow')
  const t2 = cpu()
  const outages = outagesOf(model, facts)
  let broken = 0
  for (const component of model.components.values()) for (const end of outages.all([{ component, level: 3, time: Infinity, missing: [], message: '', at: [] }])) if (end.least === 'fails') broken++
  const t3 = cpu()
  console.log(t1 - t0, t2 - t1, t3 - t2, broken)
})
