import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { create } from 'fontkit'
import { unpackWoff } from './unpack-woff.ts'

const readFont = (weight: 400 | 700): Buffer => {
  const file = `@fontsource/dejavu-sans/files/dejavu-sans-latin-${weight}-normal.woff`
  return unpackWoff(readFileSync(fileURLToPath(import.meta.resolve(file))))
}

let opened: { regular: Buffer; bold: Buffer; characters: ReadonlySet<number> } | undefined

/**
 * DejaVu Sans: Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic and symbols. A PDF holds only what is used of it.
 * Read by the first report of a process, since most write none.
 */
export const reportFont = () => {
  if (opened !== undefined) return opened
  const regular = readFont(400)
  const font = create(regular)
  const characters = new Set('characterSet' in font ? font.characterSet : [])
  opened = { regular, bold: readFont(700), characters }
  return opened
}

const longestText = 200

/** A name as it can be printed: a character that the font lacks is told by its number, such as `[U+4E2D]`, never left out. */
export const printable = (text: string): string =>
  Array.from(text.toWellFormed())
    .slice(0, longestText)
    .map((character) => {
      const code = character.codePointAt(0) ?? 0
      const isSeen = code >= 0x20 && code !== 0x7f && reportFont().characters.has(code)
      return isSeen ? character : `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`
    })
    .join('')
