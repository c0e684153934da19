/** What a shared cache tells answers apart by. */

/** Parts of a key that all users share: the address, and headers by which a server chooses a form of the same answer. */
const common = new Set([
  'path',
  'url',
  'uri',
  'host',
  'method',
  'query',
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'origin',
  'user-agent',
  'access-control-request-method',
  'access-control-request-headers',
  'save-data',
  'dpr',
  'width',
  'viewport-width',
])

/** Whether none of the parts can tell one user from another. A part that nobody knows may, so it decides nothing. */
export const sameForAllUsers = (parts: readonly string[]): boolean =>
  parts.every(part => common.has(part.trim().toLowerCase()))
