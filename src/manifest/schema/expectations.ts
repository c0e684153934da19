import { element, fact, held, listOf, oneOf, reading, reference, required } from './fact.ts'
import { choice, flag, positiveDuration, textLike } from './scalars.ts'

/** What the design says of itself: what becomes of a journey when something happens. */

/** One name or a list of them; read as a list. */
const names = (what: string) =>
  oneOf([reading(reference(what), one => [one]), listOf(reference(what), 'names')], `the name of ${what}, or a list`)

const times = () =>
  held(
    reading(textLike(/^\d+(?:\.\d+)?x$/, 'a factor such as 3x'), text => Number.parseFloat(text)),
    factor => factor > 0,
    'expected a factor above zero',
  )

const loadOfOne = element(
  {
    journey: required(reference('a journey'), 'Whose load it is.'),
    factor: required(times(), 'What it is multiplied by.'),
  },
  'a map with journey and factor',
)

const lateness = element(
  {
    component: required(reference('a component'), 'What is slow.'),
    latency: fact(positiveDuration(), 'When it answers.', { default: 'never', example: '2s' }),
  },
  'a map with component and latency',
)
const slowOne = () =>
  oneOf(
    [reading(reference('a component'), component => ({ component })), lateness],
    'a name, or a map with component and latency',
  )

const scenarioSchema = element(
  {
    down: fact(names('a component'), 'These refuse, or answer with errors.', { example: 'catalogue-cache' }),
    slow: fact(
      oneOf(
        [reading(slowOne(), one => [one]), listOf(slowOne(), 'names')],
        'a name, a map with component and latency, or a list',
      ),
      'These do not answer, or only after a time.',
      { example: '{ component: psp, latency: 2s }' },
    ),
    load: fact(
      oneOf(
        [
          reading(times(), (factor): { journey?: string; factor: number }[] => [{ factor }]),
          reading(loadOfOne, (one): { journey?: string; factor: number }[] => [one]),
          listOf(loadOfOne, 'maps with journey and factor'),
        ],
        'a factor such as 3x, or a map with journey and factor, or a list',
      ),
      'The load of all journeys, or of single ones, is multiplied. What then turns requests away counts as broken.',
      { example: '3x' },
    ),
    zoneLoss: fact(flag(), 'One zone is lost, for each component the one that hurts it most.', { example: 'true' }),
    cacheFlush: fact(names('a cache'), 'These caches hold nothing.', { example: 'catalogue-cache' }),
    dataLoss: fact(names('a store'), 'The data of these stores is gone until it is restored.', {
      example: 'orders-db',
    }),
    deploy: fact(
      oneOf(
        [flag(), reading(reference('a service'), one => [one]), listOf(reference('a service'), 'services')],
        'true, the name of a service, or a list',
      ),
      'These services are rolled out; `true`: all of them at once.',
      { example: 'orders' },
    ),
  },
  'a map with down, slow, load, zoneLoss, cacheFlush, dataLoss or deploy',
)

export const expectationSchema = element(
  {
    when: required(scenarioSchema, 'What happens, all of it at the same time.'),
    journey: required(reference('a journey'), 'The journey that is looked at.'),
    is: required(
      choice('ok', 'delayed', 'degraded', 'broken'),
      'What becomes of it at the worst; `broken`: nothing less.',
    ),
  },
  'a map with when, journey, is',
)
