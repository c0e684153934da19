/** What the figures are to be at most. */
export const goals = {
  '--version / node -e 0': 1.25,
  'review of 20 components / node -e 0': 2.4,
  '1 000 services, json / bare parser': 0.35,
  '100 manifests of 20 components / bare parser': 0.35,
  '1000 manifests of 20 components / bare parser': 0.35,
  'one of 100 random manifests of 13 kB / 10 ms': 1,
  'services, 250 to 1 000': 1.15,
  'journeys, 25 to 100 at 250 services': 1.15,
  'a fault at each call / none, 250 services': 1.6,
  'keys of one map, 10 000 to 40 000': 1.15,
  'lines of comment, 25 000 to 100 000': 1.15,
  '10 million events of a simulation / bare heap': 8,
  '10 000 services / 1 000 services': 11,
  '10 000 services, peak memory / 600 MiB': 1,
  '10 000 findings / none, 1 000 services': 1.6,
  'completion after a key press at 1 000 services / 150 ms': 1,
  'completion during a review after a key press at 1 000 services / 150 ms': 1,
  'hover during a review after a key press at 1 000 services / 150 ms': 1,
  'first diagnostics after a key press at 1 000 services / 150 ms': 1,
}

/** The page of the results. */
export function resultsPage(figures, machine, date) {
  const row = ({ name, ratio, low, high, time, memory, pairs }) =>
    `| ${name} | ${ratio.toFixed(2)} | ${low.toFixed(2)} to ${high.toFixed(2)} | ${goals[name] ?? ''} | ${time.toFixed(2)} s | ${memory.toFixed(0)} MiB | ${pairs} |`
  const head = kind =>
    `| ${kind} | median | quartiles | goal | time | peak memory | pairs |\n| --- | --- | --- | --- | --- | --- | --- |`
  const ratios = figures.filter(({ isExponent }) => !isExponent)
  const exponents = figures.filter(({ isExponent }) => isExponent)
  return `# Results of the bench

Written by \`npm run bench\` on ${date}: ${machine}.

Each figure is the ratio of the CPU times of two whole processes, run in pairs; time and peak memory are those of the first.
Ratios hold on other machines, times do not. The bare parser is a script that does nothing but parse the same files with the
package \`yaml\`; the bare heap takes an event and adds one, as often as the simulation (\`bench/yardsticks.js\`). The systems are made by \`bench/systems.ts\`.

${head('ratio')}
${ratios.map(row).join('\n')}

How time grows, as the exponent of the size: 1 is in step with it, 2 with its square. The start of the program counts as well.

${head('grows with')}
${exponents.map(row).join('\n')}
`
}

const sorted = values => [...values].sort((a, b) => a - b)
export const quantile = (values, share) =>
  sorted(values)[Math.min(values.length - 1, Math.floor(share * values.length))]
