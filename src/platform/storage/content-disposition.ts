/** What browsers show without running anything of it. All else, SVG and HTML above all, is only ever downloaded. */
const shownTypes = new Set([
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/gif',
  'image/avif',
  'video/mp4',
  'video/webm',
])

/** `Content-Disposition` with the name twice: in ASCII, and in UTF-8 for whoever reads RFC 8187 (RFC 6266, appendix D). */
export const contentDisposition = (contentType: string, fileName: string): string => {
  const kind = shownTypes.has(contentType) ? 'inline' : 'attachment'
  const wellFormed = fileName.toWellFormed()
  const ascii = wellFormed.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const utf8 = encodeURIComponent(wellFormed).replaceAll(/['()*]/g, percentEncoded)
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${utf8}`
}

const percentEncoded = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
