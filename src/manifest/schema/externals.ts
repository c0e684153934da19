import { element, fact, orNone, reference } from './fact.ts'
import { date, rate, share, text } from './scalars.ts'
import { componentFacts } from './shared.ts'

/** What others run and we call. */
export const externalSchema = element(
  {
    owner: fact(orNone(text(), 'a team'), 'The team that deals with it.', {
      ask: 'Which team deals with the provider when it fails?',
      example: 'team-payments',
    }),
    criticality: componentFacts.criticality,
    vendor: componentFacts.vendor,
    contact: fact(orNone(text(), 'a contact'), 'Whom to call.', { example: 'support@psp.example' }),
    availability: componentFacts.availability,
    measuredAvailability: componentFacts.measuredAvailability,
    sla: fact(share(), 'Availability in the contract: what is refunded, not what is delivered.', { example: '99.9%' }),
    latency: componentFacts.latency,
    quota: fact(rate(), 'Requests it accepts from us.', {
      ask: 'How many requests does it accept from us?',
      example: '200/s',
    }),
    runbook: componentFacts.runbook,
    alternative: fact(reference('a component'), 'What can do the same.', { default: 'nothing', example: 'psp-2' }),
    contractEnds: fact(date(), 'When the contract ends.', { example: '2027-06-30' }),
  },
  'a map of what is known of the external',
)
