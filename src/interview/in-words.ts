import { stringify } from 'yaml'

/** A value as it stands in the manifest, on one line. */
export const inWords = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: true }).trim()
