import { formatPath, type OpenQuestion, type Path, type Problem } from '../../finding.ts'
import { applyAnswer, problemsOf, withText, type Answer } from '../../interview/answer.ts'
import { changeBetween, type Change } from '../../interview/change.ts'
import type { Entry, OpenEnd, Session } from '../../interview/minutes.ts'
import type { ManifestFiles } from '../../manifest/files.ts'
import type { Report } from '../../report.ts'
import { loadManifest, loadStdin } from '../reading/load.ts'
import type { World } from '../world.ts'
import { save } from './store.ts'

export type Given = { readonly change: Change; readonly problem?: undefined } | { readonly problem: string }

/** What was done to one item, so that it can be taken back. */
interface Step {
  readonly id: string
  /** The manifest as it was, where the step changed it. */
  readonly files: ManifestFiles | undefined
  readonly entries: readonly Entry[]
  readonly openEnds: readonly OpenEnd[]
}

/** A review meeting: the manifest as it is on disk, and what was said so far. All that lasts is in the manifest. */
export class Sitting {
  files: ManifestFiles
  report: Report
  entries: readonly Entry[] = []
  openEnds: readonly OpenEnd[] = []
  /** Items that were passed over in this sitting. */
  readonly passed = new Set<string>()
  readonly before: Report
  readonly #world: World
  readonly #reviewOf: (files: ManifestFiles) => Report
  readonly #noted: (sitting: Sitting) => Promise<void>
  readonly #steps: Step[] = []

  /** @param noted is called after each step, to write the minutes */
  constructor(
    files: ManifestFiles,
    world: World,
    reviewOf: (files: ManifestFiles) => Report,
    noted: (sitting: Sitting) => Promise<void>,
  ) {
    this.files = files
    this.before = this.report = reviewOf(files)
    this.#world = world
    this.#reviewOf = reviewOf
    this.#noted = noted
  }

  /** Writes one answer for one or several elements; all of them or none. */
  async give(id: string, answers: readonly { answer: Answer; entry: Omit<Entry, 'answer'> }[]): Promise<Given> {
    let next = this.files
    for (const { answer } of answers) {
      const outcome = applyAnswer(next, answer)
      if (outcome.problem !== undefined) return { problem: outcome.problem }
      next = outcome.files
    }
    const step = this.#step(id, true)
    const before = this.report
    await this.#write(next)
    this.#steps.push(step)
    this.entries = [...this.entries, ...answers.map(({ answer, entry }) => ({ ...entry, answer }))]
    await this.#noted(this)
    return { change: changeBetween(before, this.report) }
  }

  /** Nobody knows, or nobody wants to say now: the question stays open. */
  async pass(id: string, openEnd?: OpenEnd): Promise<void> {
    this.#steps.push(this.#step(id, false))
    this.passed.add(id)
    if (openEnd) this.openEnds = [...this.openEnds, openEnd]
    await this.#noted(this)
  }

  /** Takes the last step back. Returns the item that it was about, or `undefined` where there is nothing to take back. */
  async back(): Promise<string | undefined> {
    const step = this.#steps.at(-1)
    if (!step) return undefined
    if (step.files) await this.#write(step.files)
    this.#steps.pop()
    this.passed.delete(step.id)
    ;[this.entries, this.openEnds] = [step.entries, step.openEnds]
    await this.#noted(this)
    return step.id
  }

  /** Takes over a text that somebody edited, or says what is wrong with it. */
  async replace(id: string, file: string, text: string): Promise<readonly Problem[]> {
    const root = this.files.sources[0]!.file
    const read = () => Promise.resolve(new TextEncoder().encode(text))
    // Another text of the first file may include other files.
    const next =
      file === root ? await loadStdin(root, { ...this.#world, readStdin: read }) : withText(this.files, file, text)
    const problems = problemsOf(next)
    if (problems.length > 0) return problems
    const step = this.#step(id, true)
    await save(this.files, file, text, this.#world)
    this.#take(next)
    this.#steps.push(step)
    await this.#noted(this)
    return []
  }

  /** Reads the manifest again; what is wrong with it where it cannot be taken over. */
  async reload(): Promise<readonly Problem[]> {
    const next = await loadManifest(this.files.sources[0]!.file, this.#world)
    const problems = problemsOf(next)
    if (problems.length > 0) return problems
    this.#take(next)
    // What was written before belongs to another text now.
    this.#steps.length = 0
    return []
  }

  questionAt(fact: Path): OpenQuestion | undefined {
    const path = formatPath(fact)
    return this.report.openQuestions.find(question => formatPath(question.fact) === path)
  }

  session(date: string, participants: readonly string[]): Session {
    const { before, report: after, files, entries, openEnds } = this
    return { date, participants, before, after, files, entries, openEnds }
  }

  #step(id: string, writes: boolean): Step {
    return { id, files: writes ? this.files : undefined, entries: this.entries, openEnds: this.openEnds }
  }

  /** File by file: what is written is taken over even where a later one cannot be. */
  async #write(next: ManifestFiles): Promise<void> {
    try {
      for (const { file, text } of next.sources) {
        const now = this.files.sources.find(source => source.file === file)
        if (!now || now.text === text) continue
        await save(this.files, file, text, this.#world)
        this.files = withText(this.files, file, text)
      }
    } finally {
      this.#take(this.files)
    }
    // After an edit that changed what is included, the files are not the same ones.
    this.#take(next)
  }

  #take(files: ManifestFiles): void {
    this.files = files
    this.report = this.#reviewOf(files)
  }
}
