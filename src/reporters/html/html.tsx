import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { render } from 'preact-render-to-string'
import type { AsyncReporter } from '../reporter.ts'
import { visible } from '../text.ts'
import { client } from './client.ts'
import { Body } from './page.tsx'
import { css } from './style.ts'
import { viewOf, type View } from './view.ts'

/** One file that holds all of it: no network, no fonts from elsewhere, no code but the script whose hash the policy names. */
export const html: AsyncReporter = async run => {
  const views = await Promise.all(run.reports.map(viewOf))
  // Names also stand in attributes and in drawings: what could turn the reading direction is made visible everywhere.
  const body = visible(render(<Body views={views} run={run} />))
  return `<!doctype html>\n${render(<Page views={views} body={body} />)}\n`
}

function Page({ views, body }: { views: readonly View[]; body: string }) {
  const script = `(${client.toString().replaceAll('\t', '  ')})()`
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(css)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policy} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`Design review: ${visible(views.map(({ name }) => name).join(', ')).slice(0, 200)}`}</title>
        <style dangerouslySetInnerHTML={{ __html: css }} />
      </head>
      <body>
        <div dangerouslySetInnerHTML={{ __html: body }} />
        <script id="pictures" type="application/json" dangerouslySetInnerHTML={{ __html: pictures(views) }} />
        <script dangerouslySetInnerHTML={{ __html: script }} />
      </body>
    </html>
  )
}

/** What a Content-Security-Policy calls a text that may run or be applied. */
const hashOf = (text: string) => `sha256-${btoa(String.fromCharCode(...sha256(utf8ToBytes(text))))}`

/** What the nodes and lines of each drawing are called, for the script. Nothing in it can end the element it stands in. */
const pictures = (views: readonly View[]): string =>
  JSON.stringify(
    views.flatMap(({ design }) =>
      (design?.figures ?? []).map(({ id, picture: { nodes, edges } }) => ({
        id,
        nodes: nodes.map(({ name, journeys }) => ({ name: visible(name), journeys })),
        lines: edges.map(({ from, to, journeys }) => ({ from: visible(from), to: visible(to), journeys })),
      })),
    ),
  ).replaceAll('<', '\\u003c')
