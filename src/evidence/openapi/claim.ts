import type { Claim, Path } from '../../finding.ts'
import type { Manifest } from '../claims.ts'
import type { Operation } from './document.ts'

/** What a claim is about, and where the manifest makes it. */
export type Base = Pick<Claim, 'subject' | 'question'> & { readonly at: Path }

export const claim = (
  { subject, question, at }: Base,
  state: Claim['state'],
  message: string,
  found: readonly Operation[],
  manifest: Manifest,
  fix?: string,
): Claim => ({
  state,
  kind: 'openapi',
  subject,
  question,
  message,
  ...(fix === undefined ? {} : { fix }),
  location: manifest.at(at),
  places: found.slice(0, 5).map(one => ({ label: said(one), location: one.location })),
})

export const said = ({ method, path }: Operation) => `${method.toUpperCase()} ${path}`
