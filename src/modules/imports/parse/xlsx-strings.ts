import { notReadable } from './source-rows.ts'
import type { XlsxPackage } from './xlsx-package.ts'

const mostUnits = 64 * 1024 ** 2
const mostStrings = 4_000_000

/**
 * The texts that cells of all sheets refer to by number, held in memory. Text of a phonetic guide (`rPh`) is no part of it.
 * Source: ECMA-376, part 1, 18.4.
 */
export const readSharedStrings = async (xlsx: XlsxPackage, part: string): Promise<string[]> => {
  const strings: string[] = []
  let units = 0
  let text = ''
  let withinText = false
  let phonetic = false
  await xlsx.readPart(part, {
    open: (name) => {
      if (name === 'si') text = ''
      else if (name === 'rPh') phonetic = true
      else if (name === 't') withinText = !phonetic
    },
    text: (piece) => {
      if (!withinText) return
      units += piece.length
      if (units > mostUnits)
        throw notReadable(`The workbook has more than ${mostUnits} characters of shared text.`)
      text += piece
    },
    close: (name) => {
      if (name === 't') withinText = false
      else if (name === 'rPh') phonetic = false
      else if (name === 'si') {
        if (strings.length === mostStrings)
          throw notReadable(`The workbook has more than ${mostStrings} shared texts.`)
        strings.push(unescapeText(text))
      }
    },
  })
  return strings
}

/** `_x0009_` stands for a character that XML cannot hold. Source: ECMA-376, part 1, 22.9.2.19 (ST_Xstring). */
export const unescapeText = (text: string): string =>
  text.includes('_x')
    ? text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      )
    : text
