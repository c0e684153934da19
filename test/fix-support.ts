/** A manifest with one of each fault that can be mended, and the same without. */

export const faulty = `# A shop.
services:
  web:
    replicaz: 3 # three
    health: { liveness: { checks: [orders, orders] } }
    availability: 99.9
    calls: [{ to: ordes, serves: [buy, buy, bye], retries: { max: 1, backoff: exponental, jiter: true } }]
  orders: {}
journeys:
  buy: { entry: web, criticality: crtical, load: { peak: 600 } }
  bye: { entry: wb }
waivers:
  - { rule: a-b, on: services.web, reason: because, owner: me, until: 2025-01-01 }
`
export const right = `# A shop.
services:
  web:
    replicas: 3 # three
    health: { liveness: { checks: [orders] } }
    availability: 99.9%
    calls: [{ to: orders, serves: [buy, bye], retries: { max: 1, backoff: exponential, jitter: true } }]
  orders: {}
journeys:
  buy: { entry: web, criticality: critical, load: { peak: 600/s } }
  bye: { entry: web }
`
