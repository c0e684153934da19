import { applyPatch } from 'diff'
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folder, run } from './cli-support.ts'
import { faulty, right } from './fix-support.ts'

describe('the command', () => {
  test('shows a diff that patch takes, and writes only with --write', async () => {
    const cwd = folder({ 'scaffold.yaml': faulty })
    const shown = await run(['fix'], cwd)
    expect(shown.code).toBe(1)
    expect(applyPatch(faulty, shown.out)).toBe(right)
    expect(shown.out).toMatch(/^--- a\/scaffold\.yaml\n\+\+\+ b\/scaffold\.yaml\n@@/)
    expect(shown.err).toContain('scaffold.yaml:4:5: Write "replicas" instead of "replicaz"\n')
    expect(shown.err).toContain('scaffold-review: can mend 11 faults in 1 file with --write\n')
    expect(readFileSync(join(cwd, 'scaffold.yaml'), 'utf8')).toBe(faulty)

    const written = await run(['fix', '--write'], cwd)
    expect(written).toEqual({
      code: 0,
      out: shown.out,
      err: shown.err.replace('can mend 11 faults in 1 file with --write', 'mended 11 faults in 1 file'),
    })
    expect(readFileSync(join(cwd, 'scaffold.yaml'), 'utf8')).toBe(right)
    expect(await run(['fix'], cwd)).toEqual({ code: 0, out: '', err: 'scaffold-review: nothing to mend\n' })
  })

  test('what only people can mend is said, and is no success', async () => {
    const cwd = folder({ 'a.yaml': 'services:\n  web: { zonez: 3, terminationGrace: 30 }\n', 'b.yaml': 'a: [' })
    const { code, err } = await run(['fix', 'a.yaml', '--write'], cwd)
    expect(code).toBe(2)
    expect(err).toContain('a.yaml:2:20: "terminationGrace" is 30, expected a duration with a unit')
    expect(err).toContain('mended 1 fault in 1 file; 1 problem left for you')
    expect(readFileSync(join(cwd, 'a.yaml'), 'utf8')).toContain('zones: 3, terminationGrace: 30')
    expect((await run(['fix', 'b.yaml'], cwd)).code).toBe(2)
    expect((await run(['fix', 'c.yaml'], cwd)).err).toContain('There is no file "c.yaml"')
  })

  test('standard input is shown, never written', async () => {
    const cwd = folder({ x: '' })
    expect((await run(['fix', '-'], cwd, { stdin: faulty })).code).toBe(1)
    expect((await run(['fix', '-', '--write'], cwd, { stdin: faulty })).err).toContain(
      'Standard input cannot be written to',
    )
  })

  test('colours only where they are wanted', async () => {
    const cwd = folder({ 'scaffold.yaml': faulty })
    expect((await run(['fix'], cwd)).out).not.toContain('\u001b')
    expect((await run(['fix', '--color', 'always'], cwd)).out).toContain('\u001b[32m+    replicas: 3 # three')
  })

  test('keeps the mode of the file and the mark at its start, and follows a link in the project', async () => {
    const cwd = folder({ 'real/shop.yaml': `\ufeff${faulty}` })
    chmodSync(join(cwd, 'real/shop.yaml'), 0o640)
    symlinkSync('real/shop.yaml', join(cwd, 'scaffold.yaml'))
    expect((await run(['fix', '--write'], cwd)).code).toBe(0)
    expect(readFileSync(join(cwd, 'real/shop.yaml'), 'utf8')).toBe(`\ufeff${right}`)
    expect(statSync(join(cwd, 'real/shop.yaml')).mode & 0o777).toBe(0o640)
  })

  test('a link out of the project and a read-only file are left alone', async () => {
    const outside = folder({ 'shop.yaml': faulty })
    const cwd = folder({ 'locked.yaml': faulty })
    symlinkSync(join(outside, 'shop.yaml'), join(cwd, 'scaffold.yaml'))
    const link = await run(['fix', '--write'], cwd)
    expect(link.code).toBe(2)
    expect(link.err).toMatch(/"scaffold\.yaml" is a link to ".*shop\.yaml", outside of this project/)
    expect(readFileSync(join(outside, 'shop.yaml'), 'utf8')).toBe(faulty)
    chmodSync(join(cwd, 'locked.yaml'), 0o444)
    const locked = await run(['fix', 'locked.yaml', '--write'], cwd)
    expect(locked).toMatchObject({
      code: 2,
      err: expect.stringContaining('"locked.yaml" is read-only; nothing was written'),
    })
    expect(readFileSync(join(cwd, 'locked.yaml'), 'utf8')).toBe(faulty)
  })

  test('a file that changes in the meantime is left alone, and so are the others', async () => {
    const cwd = folder({ 'scaffold.yaml': 'include: [more/*.yaml]\nservices:\n  web: { zonez: 3 }\n' })
    mkdirSync(join(cwd, 'more'))
    writeFileSync(join(cwd, 'more/orders.yaml'), 'services:\n  orders: { zonez: 3 }\n')
    const late = join(cwd, 'more/orders.yaml')
    const out = {
      isTTY: false,
      columns: 80,
      write: () => {
        writeFileSync(late, 'services: {}\n')
      },
    }
    const { code, err } = await run(['fix', '--write'], cwd, { stdout: out })
    expect(code).toBe(2)
    expect(err).toContain('"more/orders.yaml" has changed since it was read; nothing was written')
    expect(readFileSync(join(cwd, 'scaffold.yaml'), 'utf8')).toContain('zonez')
    expect(readFileSync(late, 'utf8')).toBe('services: {}\n')
  })
})
