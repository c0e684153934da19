/** Reads a stream until it ends or has given more than `most` bytes: then the result is longer than that, and the rest is left. */
export async function readUpTo(stream: AsyncIterable<unknown>, most: number): Promise<Uint8Array> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of stream) {
    parts.push(part as Buffer)
    length += (part as Buffer).length
    if (length > most) break
  }
  return Buffer.concat(parts)
}
