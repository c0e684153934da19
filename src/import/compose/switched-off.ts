import { textOf, under } from './node.ts'
import type { ComposeService } from './service.ts'

/**
 * Whether a service does not start: all its profiles are off, or it is scaled to none. Where every service has a profile, all
 * are taken, as none is the ordinary one then.
 */
export function isSwitchedOff(
  service: ComposeService,
  all: readonly ComposeService[],
  profiles: readonly string[],
): boolean {
  const scale = textOf(under(under(service.node, 'deploy'), 'replicas')) ?? textOf(under(service.node, 'scale'))
  if (scale === '0') return true
  if (service.profiles.length === 0 || profiles.includes('*')) return false
  if (profiles.length === 0 && all.every(one => one.profiles.length > 0)) return false
  return !service.profiles.some(profile => profiles.includes(profile))
}
