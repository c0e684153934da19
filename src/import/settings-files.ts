import type { Setting } from './hosts.ts'

export interface FileSetting extends Setting {
  /** Counts from 1. */
  readonly line: number
}

/** Longer files are data and not settings. */
const longest = 200_000

/**
 * Settings of a configuration file of any common format, line by line: `key = value`, `key: value`, `"key": "value"`, and the
 * directives of nginx, Envoy and Caddy that name whom a request is passed to. Comments are left out.
 */
export function fileSettings(name: string, text: string): FileSetting[] {
  if (text.length > longest || /\.(?:crt|pem|key|sql|sh|py|js|html?|css|lua|rules)$/i.test(name)) return []
  const found: FileSetting[] = []
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || /^(?:#|\/\/|;|<!--)/.test(line) || line.length > 4000) continue
    const [, target] = directive.exec(line) ?? []
    const [, key, value] = pair.exec(line) ?? []
    if (target !== undefined) found.push({ key: 'upstream', value: target.replaceAll(/[;{}]/g, ''), line: i + 1 })
    else if (key !== undefined && value !== undefined)
      found.push({
        key,
        value: value
          .replace(/[,;]$/, '')
          .replace(/\s#.*$/, '')
          .trim(),
        line: i + 1,
      })
  }
  return found
}

const directive =
  /^(?:proxy_pass|fastcgi_pass|grpc_pass|uwsgi_pass|memcached_pass|server|reverse_proxy|balance_url)\s+([^\s;{]+)/

const pair = /^(?:- )?["']?([A-Za-z][\w.-]{0,200})["']?\s*[:=]\s*(\S.*)$/
