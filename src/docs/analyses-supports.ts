import type { Section } from './analyses-page.ts'

/** The tables that the others rest on. */
export const supportSections: Readonly<Record<string, Section>> = {
  timeouts: {
    asks: 'Does every caller wait longer than what it calls may take, retries included?',
    formulas: `longest  (1 + r) · timeout + Σ backoff, at most totalTimeout
behind   own work (p99, else mean) + longest of the calls that the callee makes for the same journey
slack    timeout - behind`,
    assumes: [
      'slack compares one attempt of the caller with all that its callee may do for it: below nothing, the caller gives up on work that goes on.',
      'Jitter only shortens waits, so it leaves longest as it is. Retries that answer neither timeouts nor errors of the server add nothing while a callee is slow.',
      'Of several journeys or operations the worst that is sure counts. Calls of one `parallelGroup` wait for the slowest; where nothing is stated, at least the longest of them is waited for, and slack is at most the figure.',
    ],
    omits: [
      'Calls behind that nothing ends: no timeout above them would be long enough, and "call-without-timeout" reports them.',
      'Deadlines that travel with the request: where they do, a late answer is not worked on, and the rule "timeout-inversion" knows that.',
      'A store or an external has nothing behind it here; its own latency is not compared ("timeout-below-callee-latency" does).',
    ],
  },

  connections: {
    asks: 'Who may open how many connections to which store, and does the store accept their sum?',
    formulas: `client   (n_max + surge) · processes · pool
limit    maxConnections - reserved`,
    assumes: [
      'All clients at full scale, and all of them while a new version arrives, which is rarely so at once: blue/green doubles the instances, other strategies add `maxSurge`, on Kubernetes 25% where none is stated. recreate and all at once add nothing.',
      'Calls of one client, or of modules of one deployable, to one store share a pool: the largest counts, once. A job is one instance. What calls any store of one `cluster` counts at each of them.',
      'Postgres keeps 3 connections for superusers unless `reservedConnections` says otherwise.',
    ],
    omits: [
      'Poolers: these are connections of clients, as if they went to the store. The rule "connection-ledger-overflow" reckons with a pooler in between.',
      'Connections that leak, and those of tools that people open.',
      'At which load it overflows: that is in the table "saturation".',
    ],
  },

  'cache-loss': {
    asks: 'What reaches an origin when its cache is empty, or when one node of the cache is lost?',
    formulas: `empty    1 / (1 - h) times the reads that miss; h = hit ratio
one node 1/n of the keys is not found (hashing: modulo: 1 - 1/n)
cold     peak load of the origin with h = 0, at most originLimit where misses are shared
refill   keys / cold`,
    assumes: [
      'warm, one node and cold are all of what the origin gets at the peak, reads past the cache and writes included.',
      'Consistent hashing, unless `hashing: modulo` is stated. `originLimit` counts only together with `stampedeProtection`.',
      'carries is the most that the origin carries at full scale: its capacity, or its quota.',
    ],
    omits: [
      'A hit ratio that changes with the load, and keys that are asked for more often than others, which come back first.',
      'refill assumes that the origin answers every miss, which above its capacity it does not: then it is longer.',
      'Caches that are the only home of what they hold (sessions, locks): there is no origin to ask.',
    ],
  },

  'slow-dependencies': {
    asks: 'When a callee hangs at the peak, how soon do all slots of its caller wait for it, and what contains that?',
    formulas: `waiting  L = λ · D                     (Little's law; D = longest wait of one call)
slots    C = n_max · concurrency
full in  (C - busy) / λ, where L ≥ C   (busy: slots that ordinary work takes)`,
    assumes: [
      'The callee takes requests and does not answer: every attempt ends by its timeout, and only retries of timeouts add to the wait. A request holds one slot, however many calls it makes.',
      'A bulkhead or a pool that is smaller than the concurrency of one instance, an adaptive limit, or a breaker contains it: one that counts slow calls, or one that counts errors where the timeout is shorter than the time until all slots are taken.',
      'Full scale at once: a caller that has not scaled out yet is full sooner.',
    ],
    omits: [
      'What the callers of the caller do, who soon wait as well: "blast-radius" follows that.',
      'Callees that only become slower. Calls within a process or over localhost, and streams.',
      'How long a breaker needs until it opens, and whether it sees enough calls: the rule "breaker-cannot-trip" looks at that.',
    ],
  },

  'zone-loss': {
    asks: 'Do the instances in the other zones carry the load when one zone is lost?',
    formulas: `needed   least whole n with utilisation ≤ 1 at this load
running  min replicas; with an autoscaler ⌈needed / target⌉ within min and max
left     running - ⌈running / z⌉       (the fullest of z zones is lost)
enough   ⌈needed · z / (z - 1)⌉ instances before the loss`,
    assumes: [
      'Only what runs already counts. What an autoscaler would start afterwards comes minutes later, from a control plane that everybody asks at once.',
      'Instances are spread evenly over the zones, and the load over what is left of them.',
      'Zones that are not stated are taken as two, the fewest that can be lost, to see whether an answer is needed at all.',
    ],
    omits: [
      'Functions, services in one zone (which the loss takes down), and stores, whose failover is in "budget" and "recovery".',
      'Traffic that still goes to the lost zone until probes fail, and a utilisation that is allowed but leaves no room for a burst.',
    ],
  },

  recovery: {
    asks: 'How much data does the loss of each store cost, and how long until it is back?',
    formulas: `loss from a backup  interval + duration;  with an archive of the log: its lag
loss at a failover  lag of the replicas (p99); nothing where writes wait for a replica
restore  rto of the last drill, else respond + (duration of the last test, or size / throughput)
failover notice + (manual: respond) + switch + reconnect`,
    assumes: [
      'The worst moment for a loss is just before a backup is complete: what counts is the start of the one before.',
      'Somebody acts after the longer of `onCall.respond` (15 minutes where it is not stated) and `onCall.acknowledge`.',
      'A failover that people start takes the time until somebody acts as well; drills are taken by their date, the latest first.',
    ],
    omits: [
      'Data that was changed or deleted by mistake and copied to every replica before anybody noticed.',
      'Whether a backup can be read at all: only a restore shows it, and the rules ask when the last one was.',
      'Work after a restore: replaying messages, warming caches, reconciling with externals.',
    ],
  },

  coverage: {
    asks: 'How much of the checklist does the manifest let one decide, and what should be stated next?',
    formulas: `known    (pass + fail) / (pass + fail + open)      (waived checks count as decided)
next     facts by what they decide: what must be stated first, then rules · importance of the journeys`,
    assumes: [
      'A check is one rule on one element. Those that have nothing to say of an element are not counted.',
      'The answer is no with an error, partly with a warning, unknown with open questions only.',
    ],
    omits: [
      'How true the stated facts are. A manifest that states much is no better design than one that states little.',
      'This table never changes an exit code; `review --min-coverage` does.',
    ],
  },
}
