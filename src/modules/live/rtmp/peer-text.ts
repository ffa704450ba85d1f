/**
 * Text of a peer made fit to be stored and shown: control and formatting characters become single spaces, and it is cut to
 * `maxLength` characters. Undefined for what is no text or has none in it.
 */
export const peerText = (value: unknown, maxLength: number): string | undefined => {
  if (typeof value !== 'string') return undefined
  const text = value
    .slice(0, 4 * maxLength)
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, maxLength)
    .toWellFormed()
  return text === '' ? undefined : text
}
