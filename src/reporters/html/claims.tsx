import type { Report } from '../../report.ts'
import { evidenceLine, wordOf } from '../evidence-words.ts'
import { place } from '../frame.ts'
import { visible } from '../text.ts'

/** Every claim with its place in the manifest and those in the files. */
export function Claims({ report }: { report: Report }) {
  const { claims } = report.evidence!
  return (
    <>
      <p>{evidenceLine(report)}</p>
      {claims.length > 0 && (
        <div class="scroll" role="region" aria-label="Evidence" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {['state', 'claim', 'manifest', 'files'].map(head => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {claims.map(({ state, message, location, places }, i) => (
                <tr key={i}>
                  <td>{wordOf(state)}</td>
                  <td>{visible(message)}</td>
                  <td class="place">{visible(place(location))}</td>
                  <td class="place">{visible(places.map(({ location: at }) => place(at)).join(', '))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}
