import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { watchFiles } from '../src/cli/commands/watch-files.ts'
import { folder, run } from './cli-support.ts'
import { program } from './lsp-support.ts'

const shop = (call: string, more = '') => `
journeys: { checkout: { entry: web, criticality: critical } }
services:
  web:
    replicas: 3
    state: none
    calls: [{ to: psp, ${call} }]
externals: { psp: {} }
${more}`

/** A run of `review --watch` in a world where the test says when something has changed. */
function watching(cwd: string, ...argv: string[]) {
  let [out, err] = ['', '']
  let [change, interrupt]: (() => void)[] = []
  const watched: string[][] = []
  let stopped = 0
  const done = run(['--watch', ...argv], cwd, {
    stdout: { write: text => (out += text), isTTY: false, columns: 80 },
    stderr: { write: text => (err += text) },
    watch: ({ files, folders }, changed) => {
      watched.push([...files, ...folders].map(path => basename(path)))
      change = changed
      return Promise.resolve({
        stop: () => {
          stopped++
          return Promise.resolve()
        },
      })
    },
    onInterrupt: act => {
      interrupt = act
      return () => undefined
    },
  })
  const until = async (fits: () => boolean) => {
    for (let i = 0; i < 2000 && !fits(); i++) await sleep(10)
    expect(fits(), out + err).toBe(true)
  }
  /** What is printed from now on, once it holds the text and changes are watched for. */
  const said = async (text: RegExp) => {
    await until(() => text.test(out) && err.includes('watching'))
    const all = out
    out = ''
    return all
  }
  return {
    said,
    watched,
    silence: async () => {
      await sleep(200)
      return out
    },
    errors: () => err,
    change: () => {
      change!()
    },
    end: async () => {
      interrupt!()
      const { code } = await done
      return { code, stopped }
    },
  }
}

describe('review --watch', () => {
  test('prints the report once, then what is new and what is fixed, and ends with 130', async () => {
    const cwd = folder({ 'scaffold.yaml': shop('timeout: none') })
    const save = (text: string) => {
      writeFileSync(join(cwd, 'scaffold.yaml'), text)
      watch.change()
    }
    const watch = watching(cwd)
    expect(await watch.said(/not ready/)).toContain('call-without-timeout')
    save(shop('timeout: 1s, retries: { max: 2, backoff: none, jitter: false }'))
    const [head, ...blocks] = (await watch.said(/not ready|incomplete/)).trim().split('\n\n')
    expect(head).toMatch(/^scaffold\.yaml: \d+ new findings?, \d+ fixed$/)
    expect(blocks.filter(block => block.startsWith('fixed '))).toContainEqual(
      expect.stringMatching(/^fixed error\[call-without-timeout\]|^fixed warning\[call-without-timeout\]/),
    )
    const fresh = blocks.filter(block => block.startsWith('new '))
    expect(fresh.join('\n')).toMatch(/retry-without-backoff-or-jitter/)
    // In full, with the line.
    expect(fresh.join('\n')).toContain('--> scaffold.yaml:7:')
    expect(head).toContain(`${fresh.length} new`)
    save(`# a comment moves all lines\n${shop('timeout: 1s, retries: { max: 2, backoff: none, jitter: false }')}`)
    expect(await watch.silence()).toBe('')
    expect(await watch.end()).toEqual({ code: 130, stopped: 1 })
  })

  test('waits out a file that is half-written or gone, and compares with what could last be read', async () => {
    const cwd = folder({ 'scaffold.yaml': shop('timeout: none') })
    const path = join(cwd, 'scaffold.yaml')
    const watch = watching(cwd)
    await watch.said(/not ready/)
    writeFileSync(path, shop('timeout: none').slice(0, 90))
    watch.change()
    expect(await watch.said(/unreadable/)).toMatch(/yaml-syntax|manifest-shape/)
    watch.change()
    expect(await watch.silence()).toBe('')
    rmSync(path)
    watch.change()
    expect(await watch.said(/unreadable/)).toContain('There is no file')
    writeFileSync(path, shop('timeout: none'))
    watch.change()
    expect(await watch.said(/\n/)).toBe('\nscaffold.yaml: readable again, nothing new\n')
    await watch.end()
  })

  test('watches what is included, and the folder in which a wildcard may find more', async () => {
    const cwd = folder({
      'scaffold.yaml': 'include: [parts/*.yaml, one.yaml]\n',
      'one.yaml': 'services: { web: {} }\n',
      'parts/a.yaml': 'services: { a: {} }\n',
    })
    const watch = watching(cwd)
    await watch.said(/incomplete|not ready/)
    expect(watch.watched).toEqual([['one.yaml', 'a.yaml', 'scaffold.yaml', 'parts']])
    writeFileSync(join(cwd, 'parts', 'b.yaml'), 'services: { b: { calls: [{ to: nobody }] } }\n')
    watch.change()
    expect(await watch.said(/new/)).toContain('dangling-reference')
    expect(watch.watched.at(-1)).toContain('b.yaml')
    expect(await watch.end()).toEqual({ code: 130, stopped: 2 })
  })

  test('watches the evidence as well', async () => {
    const evidence =
      'slos: { a: { service: web, alerts: none } }\nevidence: { prometheusRules: ops/*.yaml, openapi: api.yaml }\n'
    const cwd = folder({
      'scaffold.yaml': `services: { web: {} }\n${evidence}`,
      'ops/a.yaml': 'groups: [{ rules: [] }]\n',
      'api.yaml': 'openapi: 3.1.0\ninfo: { title: web }\n',
    })
    const watch = watching(cwd)
    await watch.said(/incomplete|not ready/)
    expect(watch.watched).toEqual([['api.yaml', 'scaffold.yaml', 'ops']])
    const rule = '{ alert: A, expr: "errors:ratio_rate1h > 0.01", labels: { slo: a } }'
    writeFileSync(join(cwd, 'ops', 'b.yaml'), `groups: [{ rules: [${rule}] }]\n`)
    watch.change()
    expect(await watch.said(/new/)).toContain('evidence-contradicted')
    await watch.end()
  })

  test('writes the files that were asked for after each change', async () => {
    const cwd = folder({ 'scaffold.yaml': shop('timeout: none') })
    const watch = watching(cwd, '-o', 'json=out.json')
    const rules = () =>
      (
        JSON.parse(readFileSync(join(cwd, 'out.json'), 'utf8')) as { manifests: { findings: { ruleId: string }[] }[] }
      ).manifests[0]!.findings.map(({ ruleId }) => ruleId)
    await watch.said(/not ready/)
    expect(rules()).toContain('call-without-timeout')
    writeFileSync(join(cwd, 'scaffold.yaml'), shop('timeout: 1s'))
    watch.change()
    await watch.said(/fixed/)
    expect(rules()).not.toContain('call-without-timeout')
    await watch.end()
  })

  test.each([
    [['-'], /--watch needs files/],
    [['-f', 'json'], /--watch writes text for people/],
  ])('%j is refused', async (argv, reason) => {
    const { code, err } = await run(['--watch', ...argv], folder({ 'scaffold.yaml': shop('timeout: 1s') }))
    expect(code).toBe(2)
    expect(err).toMatch(reason)
  })
})

test('changes on the disk: written, renamed into place, removed, made, new in a folder', async () => {
  const cwd = folder({ 'scaffold.yaml': 'a: 1\n', 'parts/a.yaml': '', 'parts/notes.txt': '' })
  const path = join(cwd, 'scaffold.yaml')
  let calls = 0
  const watcher = await watchFiles({ files: [path], folders: [join(cwd, 'parts')] }, () => calls++)
  const isSeen = async (act: () => void) => {
    const before = calls
    act()
    for (let i = 0; i < 300 && calls === before; i++) await sleep(10)
    await sleep(150)
    return calls > before
  }
  expect(
    await isSeen(() => {
      writeFileSync(path, 'a: 2\n')
    }),
  ).toBe(true)
  const save = () => {
    writeFileSync(`${path}.tmp`, 'a: 3\n')
    renameSync(`${path}.tmp`, path)
  }
  expect(await isSeen(save)).toBe(true)
  expect(
    await isSeen(() => {
      rmSync(path)
    }),
  ).toBe(true)
  expect(
    await isSeen(() => {
      writeFileSync(path, 'a: 4\n')
    }),
  ).toBe(true)
  expect(
    await isSeen(() => {
      writeFileSync(join(cwd, 'parts', 'b.yaml'), '')
    }),
  ).toBe(true)
  const others = calls
  writeFileSync(join(cwd, 'other.yaml'), '')
  writeFileSync(join(cwd, 'parts', 'notes.txt'), 'x')
  await sleep(300)
  expect(calls).toBe(others)
  await watcher.stop()
  const before = calls
  writeFileSync(path, 'a: 5\n')
  await sleep(200)
  expect(calls).toBe(before)
})

test('Ctrl-C ends the process with 130 and without a word', async () => {
  const cwd = folder({ 'scaffold.yaml': shop('timeout: 1s') })
  mkdirSync(join(cwd, 'empty'))
  const child = spawn(process.execPath, [program(), '--watch'], { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  let err = ''
  child.stderr.on('data', (part: Buffer) => {
    err += part.toString()
    if (err.includes('watching')) child.kill('SIGINT')
  })
  expect(await once(child, 'exit')).toEqual([130, null])
  expect(err).toBe('scaffold-review: watching 1 file; Ctrl-C ends it\n')
})
