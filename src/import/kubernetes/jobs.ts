import { factOf, at, countOf, root, textOf } from '../spot.ts'
import type { ImportedFact } from '../system.ts'
import { seconds } from './facts.ts'
import type { Workload } from './workload.ts'

/** What a CronJob or a Job states. A Job runs once, whenever somebody applies it. */
export function jobFacts({ object }: Workload): ImportedFact[] {
  const spec = at(root(object), 'spec')
  const isCron = object.kind === 'CronJob'
  const job = isCron ? at(spec, 'jobTemplate', 'spec') : spec
  const schedule = textOf(at(spec, 'schedule'))
  const policy = textOf(at(spec, 'concurrencyPolicy'))?.toLowerCase()
  const [deadline, parallel] = [at(job, 'activeDeadlineSeconds'), at(job, 'parallelism')]
  const facts: ImportedFact[] = []
  if (isCron && schedule !== undefined && isCronText(schedule))
    facts.push(factOf(['schedule'], fiveFields(schedule), at(spec, 'schedule'), 'CronJob schedule', 'stated'))
  if (policy === 'allow' || policy === 'forbid' || policy === 'replace')
    facts.push(factOf(['concurrencyPolicy'], policy, at(spec, 'concurrencyPolicy'), 'concurrencyPolicy', 'stated'))
  else if (isCron && policy === undefined)
    facts.push(factOf(['concurrencyPolicy'], 'allow', spec, 'CronJob without concurrencyPolicy', 'derived'))
  if ((countOf(deadline) ?? 0) > 0)
    facts.push(factOf(['deadline'], seconds(countOf(deadline)!), deadline, 'activeDeadlineSeconds', 'stated'))
  if ((countOf(parallel) ?? 0) > 1)
    facts.push(factOf(['processes'], countOf(parallel), parallel, 'parallelism', 'stated'))
  return facts
}

const nicknames: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

const fiveFields = (text: string): string => nicknames[text.trim()] ?? text.trim().replaceAll(/\s+/g, ' ')

/** With a time zone in front the hours mean something else; then it is left out. */
const isCronText = (text: string): boolean => /^[\d*,/\-A-Za-z?]+(?: [\d*,/\-A-Za-z?]+){4}$/.test(fiveFields(text))
