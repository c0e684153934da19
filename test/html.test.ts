import axe from 'axe-core'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { html } from '../src/reporters/html/html.tsx'
import type { Report } from '../src/report.ts'
import { rules } from '../src/rules/index.ts'
import { hasBrowser, launch, open } from './browser.ts'
import { reviewFile, reviewText } from './support.ts'

const style = { color: false, width: 80, verbose: false, quiet: false }
const tool = { name: 'scaffold-review', version: '1.2.3' }
const pageOf = (...reports: Report[]) => html({ tool, rules, reports }, style)

const hostile = `
system: '</script><script>alert(1)</script><img src=x onerror=alert(2)>'
journeys:
  checkout: { entry: web, criticality: critical }
services:
  web:
    owner: '"><svg onload=alert(3)>\u202e'
    replicas: 1
    role: gateway
    calls:
      - { to: orders, timeout: none, operation: "</pre><script>alert(4)</script>${'x'.repeat(10_000)}" }
  orders: { owner: "\\\\\\" }; digraph { <b>", replicas: 1 }
stores:
  db: { engine: '<!--\\"]; n0 -> n1; //' }
`

/** Two hundred components of five teams, each service calling two others. */
function large(): string {
  const services = Array.from({ length: 150 }, (_, i) => {
    const calls = [2 * i + 1, 2 * i + 2].filter(callee => callee < 150).map(callee => `{ to: s${callee}, timeout: 1s }`)
    return `  s${i}: { owner: team-${i % 5}, replicas: 3, calls: [${[...calls, `{ to: d${i % 50} }`].join(', ')}] }`
  })
  const stores = Array.from({ length: 50 }, (_, i) => `  d${i}: { owner: team-${i % 5}, engine: postgres@16 }`)
  return `journeys:\n  all: { entry: s0 }\nservices:\n${services.join('\n')}\nstores:\n${stores.join('\n')}\n`
}

test('holds every finding, question and table, and no text of the manifest as markup', async () => {
  const report = reviewFile('examples/web-shop-naive/scaffold.yaml')
  const page = await pageOf(report)
  for (const { ruleId } of report.findings) expect(page).toContain(`id="rule-${ruleId}"`)
  expect(page.match(/<article /g)).toHaveLength(report.findings.length)
  expect(page).toContain('What runs out first when all journeys grow together')
  expect(await pageOf(report)).toBe(page)
  const attacked = await pageOf(reviewText(hostile))
  expect(attacked.match(/<script/g)).toHaveLength(2)
  expect(attacked).not.toMatch(/<(?:img|b)[ >]/)
  expect(attacked).not.toContain('\u202e')
})

test('shows what is wrong with a manifest that cannot be read, and a system without any journey', async () => {
  const page = await pageOf(reviewText('services: { web: { replcas: 3 } }'), reviewText('services: { web: {} }'))
  expect(page).toContain('unreadable')
  expect(page).toContain('replcas')
  expect(page).toContain('Design review of 2 systems')
})

describe.skipIf(!hasBrowser)('in Chromium (Debian package chromium; skipped where it is not installed)', () => {
  let browser: Browser
  let folder: string
  beforeAll(async () => {
    browser = await launch()
    folder = mkdtempSync(join(tmpdir(), 'scaffold-review-'))
  })
  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })
  async function show(name: string, report: Report, options = {}) {
    const file = join(folder, `${name}.html`)
    writeFileSync(file, await pageOf(report))
    return open(browser, file, options)
  }
  const naive = () => reviewFile('examples/web-shop-naive/scaffold.yaml')

  test.each([
    ['naive', naive, {}],
    ['naive-dark', naive, { colorScheme: 'dark' }],
    ['naive-small', naive, { viewport: { width: 360, height: 700 } }],
    ['hostile', () => reviewText(hostile), {}],
    ['large', () => reviewText(large()), {}],
  ] as const)(
    '%s: no complaint, nothing wider than the screen, accessible',
    async (name, report, options) => {
      const { page, complaints } = await show(name, report(), options)
      expect(complaints).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
      // The same markup many times over takes axe a minute and tells nothing new.
      if (name === 'large') return page.close()
      await page.evaluate(axe.source)
      const found = (await page.evaluate('axe.run()')) as axe.AxeResults
      expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 200)}`)).toEqual([])
      await page.close()
    },
    120_000,
  )

  test('a component shows its findings, and a finding its component', async () => {
    const { page } = await show('click', naive())
    const visible = () => page.locator('article.finding:visible').count()
    const all = await visible()
    await page.getByRole('button', { name: /^psp/ }).first().click()
    const few = await visible()
    expect(few).toBeGreaterThan(0)
    expect(few).toBeLessThan(all)
    for (const about of await page
      .locator('article.finding:visible')
      .evaluateAll(cards => cards.map(card => card.getAttribute('data-about'))))
      expect(JSON.parse(about!)).toContain('psp')
    await page.getByRole('button', { name: 'Show all' }).click()
    expect(await visible()).toBe(all)
    const card = page.locator('article.finding', { hasText: '"order-events"' }).first()
    await card.getByRole('button', { name: /^Show / }).click()
    expect(await page.locator('.node.chosen title').allTextContents()).toContain('order-events')
    await page.close()
  })

  test('filters, journeys and sorting work by keyboard as well', async () => {
    const { page } = await show('filter', naive())
    await page.getByLabel('Severity').selectOption('warning')
    const shown = await page
      .locator('article.finding:visible')
      .evaluateAll(cards => cards.map(card => card.getAttribute('data-severity')))
    expect(new Set(shown)).toEqual(new Set(['warning']))
    expect(await page.locator('[data-count]').textContent()).toBe(`${shown.length} of 52 findings`)
    await page.getByRole('radio', { name: 'browse' }).check()
    const faded = await page.locator('.node.faded title').allTextContents()
    expect(faded).toContain('psp')
    expect(faded).not.toContain('catalogue')
    await page.locator('.node', { hasText: 'payments' }).focus()
    await page.keyboard.press('Enter')
    expect(await page.locator('[data-selection]').textContent()).toMatch(/^payments: \d+ findings$/)
    const head = page.locator('table', { hasText: 'Components' }).getByRole('button', { name: 'found' })
    await head.click()
    const first = page.locator('table', { hasText: 'Components' }).locator('tbody tr').first()
    expect(await first.textContent()).toContain('shop-db')
    await head.click()
    expect(await first.textContent()).not.toContain('shop-db')
    await page.close()
  })

  test('what is large is drawn by group, and each group by itself', async () => {
    const { page } = await show('groups', reviewText(large()))
    expect(await page.locator('figure:visible').count()).toBe(1)
    expect(await page.locator('figure:visible .node').count()).toBe(5)
    await page
      .getByRole('button', { name: /^team-3/ })
      .first()
      .click()
    expect(await page.locator('figure:visible .node title').allTextContents()).toContain('s3')
    await page.getByRole('button', { name: 'Back to all groups' }).first().click()
    expect(await page.locator('figure:visible .node').count()).toBe(5)
    await page.close()
  })
})
