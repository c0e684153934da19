import type { Rule } from './rules.ts'

const words: Readonly<Record<string, 'page' | 'ticket' | 'info'>> = {
  page: 'page',
  paging: 'page',
  pager: 'page',
  critical: 'page',
  ticket: 'ticket',
  warning: 'ticket',
  warn: 'ticket',
  info: 'info',
  none: 'info',
}

/** Whether a rule wakes somebody, as its labels say in the words that are common; `undefined` where they say it in others. */
export function severityOf({ labels }: Rule): 'page' | 'ticket' | 'info' | undefined {
  return words[(labels['sloth_severity'] ?? labels['severity'] ?? '').toLowerCase()]
}
