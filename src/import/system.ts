/** What an importer reads out of files: elements and edges, each with where it was said and how sure that is. Plain data. */

/** A file as an importer sees it: read by the caller, named from the folder where the command runs. */
export interface ImportFile {
  readonly name: string
  readonly text: string
  /** The folder that was named on the command line and in or below which the file was found; absent for files that were named. */
  readonly folder?: string
}

export interface ImportInput {
  /** The files that were named or found, in order. */
  readonly files: readonly ImportFile[]
  /**
   * A further file that one of them speaks of, by its name from the same folder as theirs (`deploy/.env`); `undefined` where there
   * is none, or where it may not be read: outside of the folder of the command and of those of the files, too large, no text.
   */
  readonly read: (name: string) => Promise<ImportFile | undefined>
  /** Compose: values for variables in place of the `.env` beside the file. */
  readonly envFile?: ImportFile
  /** Traces: milliseconds over which counters counted, where the files do not say so. */
  readonly window?: number
  /** Compose: profiles that are on. */
  readonly profiles?: readonly string[]
}

/** Reads files of one kind. Never throws for what is in them: what cannot be read becomes a note. */
export type ImportReader = (input: ImportInput) => ImportedSystem | Promise<ImportedSystem>

/**
 * `stated`: the file says it in so many words (`replicas: 3`).
 * `derived`: it follows from what is stated (an address in an environment variable that a Service exposes).
 * `likely`: nothing says otherwise (`depends_on` of a service that addresses nobody).
 * `guessed`: to be confirmed (another `depends_on` is an order of starting, an image's name hints at an engine). Edges below
 * `derived` are set apart, and no rule draws a conclusion from them.
 */
export type Confidence = 'stated' | 'derived' | 'likely' | 'guessed'

/** Sure enough for rules to conclude from. */
export const isKnown = ({ confidence }: Pick<Source, 'confidence'>): boolean =>
  confidence === 'stated' || confidence === 'derived'

/** Where something was read. `signal` names the form it had there: `env ORDERS_ADDR`, `networkPolicy`, `depends_on`. Lines count from 1. */
export interface Source {
  readonly file: string
  readonly line: number
  readonly signal: string
  readonly confidence: Confidence
}

/** A value of the manifest below the element: `['replicas']`, `['probes', 'liveness']`. */
export interface ImportedFact {
  readonly path: readonly (string | number)[]
  readonly value: unknown
  readonly source: Source
}

export type ElementKind = 'service' | 'store' | 'queue' | 'cache' | 'external' | 'job'

export interface ImportedElement {
  readonly kind: ElementKind
  readonly name: string
  /** Other names under which the files address it: a host name, an alias, the name of a Kubernetes Service with its namespace. */
  readonly aliases: readonly string[]
  readonly source: Source
  readonly facts: readonly ImportedFact[]
}

/** `optional`: behind a profile or a feature flag that is off. `facts` are keys of the call (`timeout`). */
export interface ImportedEdge {
  readonly from: string
  readonly to: string
  readonly kind: 'call' | 'publish' | 'consume' | 'unknown'
  readonly optional?: boolean
  readonly source: Source
  readonly facts?: readonly ImportedFact[]
}

/**
 * What the importer has to say to a person, one line each: a file it skipped and why, a name that looks like an address and
 * resolves to nothing, an autoscaler that addresses no Deployment, wiring that is not in these files.
 */
export interface ImportNote {
  readonly kind: 'skipped' | 'unreadable' | 'dangling' | 'unwired' | 'ignored' | 'defect' | 'observed'
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

export interface ImportedSystem {
  readonly elements: readonly ImportedElement[]
  readonly edges: readonly ImportedEdge[]
  readonly notes: readonly ImportNote[]
  /** SLOs, journeys, alerts and the like, by section and name, for formats that state them (OpenSLO, Sloth, CALM flows). */
  readonly others: readonly {
    readonly section: string
    readonly name: string
    readonly facts: readonly ImportedFact[]
    readonly source: Source
  }[]
}
