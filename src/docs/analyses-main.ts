import type { Section } from './analyses-page.ts'

/** What the tables say of the user, and of what breaks. */
export const mainSections: Readonly<Record<string, Section>> = {
  latency: {
    asks: 'Can each journey be as fast as it has to be, and which hop takes the time?',
    formulas: `floor    max of T_q over hops that every request waits for; q = percentile of the target
         (the highest stated one below q where that is not stated)
means    Σ mean in sequence, max of means side by side, p · mean where only a share p waits
hop      ln T ~ N(μ, σ²), through the lowest and the highest stated percentile
         (one percentile and the mean: mean = e^(μ + σ²/2); one number alone: σ = 0.6)
p50, p99 of 20 000 draws of the whole tree (Latin hypercube, seed fixed)
worst    own work + Σ D of the calls of the entry, D = (1 + r) · timeout + Σ backoff`,
    assumes: [
      'The tree of a journey is own work, then calls: those of one `parallelGroup` side by side, `none` in turn, and what states neither beside all others, which is the least that can be. A component with a stated `latency` stands for all that it waits for.',
      'Hops are drawn independently. Hops that are slow at the same time (a shared database, a garbage collector, a noisy zone) push the true p99 up, towards the sum of theirs.',
      'The target is the p99 where one is stated, else the highest percentile. The floor is of that percentile, p99 without a target.',
      'A cache lets the share `1 - hitRatio` through; `probability`, and `callsPerRequest` below 1, make a call one that some requests wait for. Such a hop is no part of the floor, nor are calls that wait for a `quorum`.',
      'Several calls for one request run at the same time, unless they are `sequential`: then they add up.',
      'The contributors are shares of the time that the slowest 1 % of the drawn requests spend.',
      'In worst, a `parallelGroup` counts once, by its slowest call; other calls count one after another, each once however many `callsPerRequest` there are.',
    ],
    omits: [
      'Percentiles are not added up: the sum of five p99 is no p99.',
      'The network between the user and the entry, waiting for a free slot, cold starts, and retries (other than in worst).',
      'Calls that may belong to the journey, as several come by and `serves` does not say: what is not stated takes no time, so the figures are lower bounds.',
      'A call that leads back to a caller, and hops beyond the first 2000 of a tree.',
    ],
  },

  availability: {
    asks: 'How available can each journey be at most, given what it cannot do without, and what costs it most?',
    formulas: `H        set of components that the journey surely cannot do without, each once
c_i      1 - s_i · (1 - a_i); s_i = share of the requests that need i, along its route
ceiling  min c_i                          (no dependence between failures does better)
product  Π c_i, with fallbacks A = a · A(up) + (1 - a) · A(down)      (independent)
floor    1 - Σ (1 - c_i)                  (no dependence between failures does worse)
down     (1 - product) · 30d              budget  (1 - SLO) · 30d
lost by  -ln c_i / Σ -ln c_k`,
    assumes: [
      'a_i is the measured availability where one is stated, else the promised one, else the figure of the contract. A contract says what is refunded, not what happens.',
      'A component counts once, however many services use it. A call with a fallback to another component, and an external with an alternative, work while one of the two does.',
      'What states no availability counts as always there and is listed; the figures are then at most that (and the time down at least).',
      'An outage is taken to hit requests evenly: at three times the usual traffic it takes three times as much of a budget that counts requests.',
    ],
    omits: [
      'Own changes, which usually take the largest part, and failures that come together because of something no manifest names (a zone, a provider, DNS).',
      'Retries get no credit: they do not outlast an outage. A cache with `staleOnError` makes its origin something that the journey can do without; how long old values last is not counted.',
      'Where there are more ways than 200, or the decomposition takes too many steps, fallbacks are left out and the plain product is shown.',
      'Latency: a dependency that hangs is in "slow-dependencies" and "blast-radius".',
    ],
  },

  retries: {
    asks: 'How many attempts reach each component for one request while it fails, and what does that leave of its capacity?',
    formulas: `R        Π (1 + r) over the calls of the worst path that one journey takes; r = retries
         with a retry budget β:  min(1 + r, 1 + β)
failing  λ_peak · R
left     capacity / R`,
    assumes: [
      'Retries are repeats: 3 retries are 4 attempts. A retry budget of 10% makes 1.1 of them in the steady state of an outage.',
      'A tier above the failing call tries again as well, unless the call between them does without the answer (a fallback, `optional`, `mode: async`, a message), or its `retryOn` names neither timeouts nor errors of the server.',
      'failing takes all of the load to come by the worst path. Where only a part of it does, the true figure is lower.',
      'A retry budget that is not stated may be there: R is then at least what is sure.',
    ],
    omits: [
      'Breakers: R holds until one opens. Deadlines that travel with the request, which cut the attempts that still fit.',
      'Retries that no manifest tells of: those of SDKs, drivers, meshes, load balancers, browsers and people.',
      'Hedged requests. Messages that are delivered again are named below the row: they come on a slower clock and are no part of R.',
      'The quota of an external is not taken as its capacity here; "saturation" does that. Calls that close a circle are left out.',
    ],
  },

  'blast-radius': {
    asks: 'Which journeys fail, are degraded or late when a component is down, hangs or loses its data?',
    formulas: `effects  unaffected < delayed < degraded < fails
passes   what a lost callee makes of its caller: fails where it is needed, degraded with an
         answer that stands in, delayed behind a queue or an outbox
effect   max over ways from the entry of min over the calls of the way
slots    a caller fails for all of its journeys when λ · D reaches its slots and
         nothing contains that; D = longest wait of one call`,
    assumes: [
      'Two sets of facts are followed, all unknowns in your favour and all against you; a cell says ? where the two differ, and the missing facts are in the JSON.',
      'A fallback that would get more at the peak than it carries is no fallback: the journey fails. What a call and its fallback both need takes both down.',
      'slow is as bad as down or worse: where nothing gives up the caller hangs as well, and where its slots run out at the peak it fails for journeys that never needed the callee.',
      'Rows are sorted by what is lost when the component hangs: journeys that surely fail first, weighted by criticality and, where every journey states one, by load.',
    ],
    omits: [
      'Whether a service needs a component per operation: calls carry `serves` (journeys), and what states none may be taken by all that come through.',
      'What is needed at start only (configuration, secrets, migrations), and what the manifest does not name: DNS, certificates, identity, time.',
      'How long it lasts. "data lost" is a row for stores only and says which journeys fail until the data is back, not how much of it is gone.',
      'A terminal shows the five most important journeys; `--journey` names others.',
    ],
  },

  saturation: {
    asks: 'What runs out first when the load grows, and at how many times the declared peak?',
    formulas: `peak     ρ = used / available, at the declared peak
requests used = λ; available = a stated capacity, of a service that of one instance · n_max
lasts    k = available / used
slots    used = Σ λ · T (own work, and each call while it waits); available = n_max · concurrency
connections  n(k) = ⌈k · busy slots / (concurrency · target)⌉ within min and max; n · processes · pool
cache empty  load of the origin when the cache in front of it holds nothing`,
    assumes: [
      'All journeys grow together; `--load checkout=5x` scales one. Peaks add up only where journeys say that they fall together (`coincident`); where nothing is said, the least that is sure is used.',
      'Everything runs at full scale (`replicas.max`), except connections, which follow the autoscaler from one instance number to the next, in tenths of the peak up to ten times.',
      'Time per request, hit ratio and the share of each journey stay as they are. Work slows down before a resource is full, so lasts is an upper bound.',
      'A rate limit that is global or per instance turns requests away, so what stands behind it may never see that load. The rows behind it are not cut; the note below the title says where the limit is.',
    ],
    omits: [
      'Retries, which lower k by up to R of the table "retries".',
      'Locks and other work that only one can do at a time, and instances that get more than their share.',
      'CPU, memory, disk and network: the manifest states slots and requests per second. Limits without a load, and loads without a limit, have no row.',
    ],
  },

  drain: {
    asks: 'How long does each queue need to catch up after its consumers were away, and is anything lost meanwhile?',
    formulas: `μ        workers / mean processing time; workers = instances · concurrency, within the partitions
backlog  λ · N after N of outage
drain    λ · N / (μ - λ) = N · ρ / (1 - ρ), ρ = λ / μ;  never for ρ ≥ 1
oldest   N, when the consumers are back
kept     whether 4h is within: retention, or retention size / (λ · message size) where that is less`,
    assumes: [
      'Arrivals come at the steady load, before, during and after the outage; consumers run at full scale.',
      'Messages come in order, so the oldest is as old as the outage when work begins again.',
      'While a queue drains, what the consumers call gets more than usual: a store, cache or external of stated capacity that is surely needed holds them back, unless it is full already, and the row names it. Consumers that share a group are not followed further.',
      'Consumers that are functions are as many as there are messages and have no row.',
    ],
    omits: [
      'An outage at the peak or of the broker itself, whose producers hold messages back and send them all at once later.',
      'Deliveries that an outage of something below burns until messages are put aside: the rule "retry-horizon-shorter-than-failover" looks at that.',
      'Priorities, newest first, retry topics, and the time that passes until instances have been started.',
    ],
  },

  budget: {
    asks: 'What is in the error budget of each SLO, and what does one ordinary event take from it?',
    formulas: `budget   (1 - SLO) · window
page     long window · burn rate · (1 - SLO) / share that fails; the fastest alert that pages
failover (notice + switch + reconnect) · share;  manual: + page + respond
bad deploy  (page + respond + rollback) · share that meets the new version
zone     (failures · interval + timeout of readiness) · share / zones
deploys  startup time · deploys per month · window / 30d, for strategy recreate
all      (failover + bad deploy + zone + deploys) / budget, the costliest one of each`,
    assumes: [
      'Times are of full outage, in the window of the SLO itself: 99.9% is 43.2 minutes of 30 days and 40.3 of 28.',
      'Of a component that only some requests need, only their share is lost; of a store or queue of n partitions a share of 1/n; with replicas that answer reads, only what needs the primary; of calls that try again for longer than a failover takes, nothing.',
      'Somebody begins to mend `onCall.respond` after the page, 15 minutes where nothing is said. The time of a rollback is what a drill measured; it is not guessed.',
      'With an automatic rollback nothing is sure to be lost. In a canary only its first step meets the new version.',
      'A zone that may hold a primary may cost a failover; that is the most, not the least.',
    ],
    omits: [
      'How often each event comes: all is one of each (and the planned deploys), not an expectation.',
      'Budgets of different SLOs are not added up. Delays of scraping, evaluation and notification are not part of page.',
      'Alerts that page for the same symptom but state no burn rate: when they fire is not known, so page is then `?`.',
    ],
  },
}
