/** What vitest offers of Vite; its own types would bring those of browsers. */
interface ImportMeta {
  readonly env: { readonly MODE: string }
  glob<T = unknown>(pattern: string, options?: { eager?: boolean; import?: string; query?: string }): Record<string, T>
}
