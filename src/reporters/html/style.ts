/** The look of the page: system fonts, light and dark by the reader's choice, readable at 360 px and on paper. */
export const css = `
:root {
  color-scheme: light dark;
  --ink: #1f2933; --dim: #52606d; --paper: #ffffff; --panel: #f5f7f9; --rule: #cbd2d9; --link: #0b5394;
  --error: #b42318; --warning: #8f4700; --info: #175a94; --good: #1e6b3a; --mark: #fff3bf;
  --service: #e3eefb; --store: #e6f4ea; --queue: #f3e8fd; --cache: #fdf0d9; --external: #f1f3f5; --job: #e8eaf0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e4e7eb; --dim: #a6b1bd; --paper: #14191f; --panel: #1d242c; --rule: #3b4652; --link: #8ec5ff;
    --error: #ff9c94; --warning: #ffc078; --info: #90c8ff; --good: #8ce0a6; --mark: #4a3f12;
    --service: #1f3550; --store: #1d3b28; --queue: #3a2750; --cache: #46361a; --external: #2a313a; --job: #2b3040;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.35rem; margin: 2.5rem 0 .5rem; border-bottom: 2px solid var(--rule); }
h3 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h4 { font-size: 1rem; margin: 0 0 .25rem; }
a { color: var(--link); }
p { margin: .4rem 0; max-width: 70rem; }
ul { margin: .4rem 0; padding-left: 1.2rem; }
pre { margin: .5rem 0; padding: .5rem .75rem; background: var(--panel); border-radius: 4px; white-space: pre-wrap; font: 13px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
mark { background: var(--mark); color: inherit; display: block; }
small { color: var(--dim); font-size: .85em; font-weight: normal; display: block; }
label small { display: inline; }
button, select { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--rule); border-radius: 4px; padding: .15rem .5rem; cursor: pointer; }
button.name { background: none; border: 0; padding: 0; color: var(--link); text-align: left; text-decoration: underline; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
footer { margin: 3rem 0 1rem; color: var(--dim); }
.verdict strong { display: inline-block; padding: .1rem .6rem; border-radius: 4px; border: 2px solid currentColor; }
.ready, .good { color: var(--good); }
.not-ready, .unreadable, .bad { color: var(--error); }
.incomplete { color: var(--info); }
.close { color: var(--warning); }
.meta, .legend, figcaption, .evidence, .place { color: var(--dim); font-size: .9rem; }
.meta > * { margin-right: .75rem; }
.meta a { margin-right: .25rem; }
.scroll { overflow-x: auto; }
.filters, .journeys { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: .5rem 0 1rem; padding: .5rem .75rem; border: 1px solid var(--rule); border-radius: 4px; background: var(--panel); }
.filters label { display: grid; font-size: .85rem; color: var(--dim); min-width: 0; }
.filters select { width: 100%; color: var(--ink); }
.filters label { max-width: 100%; }
[hidden] { display: none !important; }
.finding { border: 1px solid var(--rule); border-left-width: 6px; border-radius: 4px; padding: .6rem .8rem; margin: .75rem 0; }
.finding.error { border-left-color: var(--error); }
.finding.warning { border-left-color: var(--warning); border-left-style: double; }
.finding.info { border-left-color: var(--info); border-left-style: dotted; }
.finding.chosen { outline: 3px solid var(--link); }
.tag { display: inline-block; font-size: .8rem; padding: 0 .4rem; border-radius: 3px; border: 1px solid currentColor; }
.error .tag { color: var(--error); } .warning .tag { color: var(--warning); } .info .tag { color: var(--info); }
.answer { font-weight: 600; }
.answer.yes { color: var(--good); } .answer.no { color: var(--error); } .answer.partly { color: var(--warning); } .answer.unknown { color: var(--info); }
.fix { border-left: 3px solid var(--good); padding-left: .6rem; }
.problems li { margin: .5rem 0; }
.questions > li { margin: 1.25rem 0; }
table { border-collapse: collapse; font-size: .9rem; min-width: 30rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem; border-bottom: 1px solid var(--rule); }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead button { background: none; border: 0; padding: 0; font-weight: 600; }
th[aria-sort=ascending] button::after { content: ' \\2191'; }
th[aria-sort=descending] button::after { content: ' \\2193'; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: 1rem; }
.cards section { border: 1px solid var(--rule); border-radius: 4px; padding: .6rem .8rem; }
.cards dl { margin: .5rem 0 0; }
.cards dl div { display: flex; justify-content: space-between; gap: 1rem; border-bottom: 1px dotted var(--rule); }
.cards dd { margin: 0; font-variant-numeric: tabular-nums; text-align: right; }
.cards section.chosen { outline: 3px solid var(--link); }
details { margin: .5rem 0; }
summary { cursor: pointer; font-weight: 600; }
figure { margin: .5rem 0; }
figure svg { max-width: 100%; min-width: 44rem; height: auto; display: block; }
.wide svg { max-width: none; }
figure svg text { fill: var(--ink); }
.cluster > path, .cluster > polygon { fill: var(--panel); stroke: var(--rule); }
.node.service > path, .node.service > polygon { fill: var(--service); } .node.store > path { fill: var(--store); }
.node.queue > polygon { fill: var(--queue); } .node.cache > polygon { fill: var(--cache); }
.node.external > polygon { fill: var(--external); } .node.job > polygon { fill: var(--job); }
.node > [fill=none] { fill: none !important; }
.node > *, .edge > * { stroke: var(--dim); } .edge > polygon { fill: var(--dim); }
.node.error > *, .edge.error > * { stroke: var(--error); } .edge.error > polygon, .edge.error text { fill: var(--error); }
.node.warning > *, .edge.warning > * { stroke: var(--warning); } .edge.warning > polygon, .edge.warning text { fill: var(--warning); }
.node.info > *, .edge.info > * { stroke: var(--info); } .edge.info > polygon, .edge.info text { fill: var(--info); }
.edge > [fill=none], .edge > polygon[fill=none] { fill: none; }
figure svg text { stroke: none !important; }
.node[tabindex], .edge[tabindex] { cursor: pointer; }
.faded { opacity: .18; }
.node.chosen > path, .node.chosen > polygon, .edge.chosen > path { stroke: var(--link); stroke-width: 4; }
@media (max-width: 30rem) { body { padding: .6rem; font-size: 15px; } .finding { padding: .5rem; } .cards dl div { flex-wrap: wrap; } }
@media print {
  body { max-width: none; font-size: 11px; }
  .filters, .journeys, button { display: none; }
  button.name { display: inline; color: inherit; text-decoration: none; }
  figure svg, .wide svg { width: 100%; min-width: 0; max-width: 100%; }
  .scroll { overflow: visible; }
  .finding, figure, .cards section { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
  table { min-width: 0; }
  thead th, .answer { overflow-wrap: normal; }
}
`
