/** Files as formats name them: relative to where the review was started, with forward slashes, without a leading `./`. */
export const pathOf = (file: string): string =>
  file === '-' || file === '' ? 'stdin' : file.replace(/^(?:\.\/+)+(?=.)/, '')
