const longestName = 200

/** The first one is given to names that have none of a type's. */
const extensions: Record<string, readonly [string, ...string[]]> = {
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
  'image/png': ['png', 'apng'],
  'image/webp': ['webp'],
  'image/gif': ['gif'],
  'image/avif': ['avif'],
  'application/pdf': ['pdf'],
  'text/plain': ['txt', 'text', 'log'],
  'text/csv': ['csv'],
  'text/markdown': ['md', 'markdown'],
  'application/json': ['json'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
  'video/mp4': ['mp4', 'm4v'],
  'video/webm': ['webm'],
  'video/quicktime': ['mov', 'qt'],
  'video/x-flv': ['flv'],
}

/** Control characters, and the marks with which a name shows its end reversed (`gpj.exe` as `exe.jpg`). */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * A client's name for a file, made harmless to show and to save: the last part of a path, without what cannot be printed,
 * and with an extension that fits the content, so that nobody opens a picture as a program.
 */
export const cleanFileName = (name: string, contentType: string): string => {
  const last = name.toWellFormed().normalize('NFC').replaceAll(unprintable, '').split(/[/\\]/).at(-1) ?? ''
  const trimmed = last.replaceAll(/\s+/g, ' ').replaceAll(/^[. ]+|(?<![. ])[. ]+$/g, '') || 'file'
  const [preferred, ...others] = extensions[contentType] ?? []
  const mark = trimmed.lastIndexOf('.')
  const extension = mark === -1 ? '' : trimmed.slice(mark + 1).toLowerCase()
  const fits = preferred === undefined || [preferred, ...others].includes(extension)
  const suffix = fits ? (mark === -1 ? '' : trimmed.slice(mark)) : `.${preferred}`
  const stem = fits && mark !== -1 ? trimmed.slice(0, mark) : trimmed
  return [...stem].slice(0, longestName - suffix.length).join('') + suffix
}
