import { createHmac, timingSafeEqual } from 'node:crypto'
import { forbidden } from '../../../platform/errors.ts'

/** One file of the preview of one stream. */
export type PreviewFile = { streamId: string; file: string }

/** The query that lets whoever has it read a file until `expires`, in seconds since 1970. */
export const signPreview = (key: Uint8Array, wanted: PreviewFile, expires: number): string =>
  new URLSearchParams({
    expires: String(expires),
    signature: signatureOf(key, wanted, String(expires)).toString('base64url'),
  }).toString()

/**
 * When the link of a request expires, in seconds since 1970.
 * @throws 403 for one that we did not sign for this file, or that has expired
 */
export const readPreviewLink = (key: Uint8Array, wanted: PreviewFile, url: string): number => {
  const mark = url.indexOf('?')
  const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1))
  const expires = query.get('expires') ?? ''
  const given = Buffer.from(query.get('signature') ?? '', 'base64url')
  const expected = signatureOf(key, wanted, expires)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw forbidden('This URL was not made here, or was changed.', 'SIGNATURE_INVALID')
  }
  if (Number(expires) * 1_000 <= Date.now()) {
    throw forbidden('This URL has expired. Ask for a new one.', 'URL_EXPIRED')
  }
  return Number(expires)
}

/** None of the parts can hold a line break: the router has matched them, and the number is compared as text. */
const signatureOf = (key: Uint8Array, { streamId, file }: PreviewFile, expires: string): Buffer =>
  createHmac('sha256', key).update(`live preview\n${streamId}\n${file}\n${expires}`).digest()

/**
 * A playlist whose files are signed as it was itself: with the same end, so that a file has one address in all copies of the
 * playlist, by which players know it again.
 * @see RFC 8216, 4.3.2.5 (EXT-X-MAP) and 4.1
 */
export const signPlaylist = (
  key: Uint8Array,
  playlist: string,
  { streamId, expires }: { streamId: string; expires: number },
): string => {
  const signed = (file: string) => `${file}?${signPreview(key, { streamId, file }, expires)}`
  return playlist
    .split('\n')
    .map((line) => {
      if (line.startsWith('#')) return line.replace(/(?<=URI=")[^"]+/, signed)
      return line.trim() === '' ? line : signed(line.trim())
    })
    .join('\n')
}
