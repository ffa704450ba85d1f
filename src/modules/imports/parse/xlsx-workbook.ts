import { posix } from 'node:path'
import { notReadable } from './source-rows.ts'
import { isDateFormat } from './xlsx-dates.ts'
import type { XlsxPackage } from './xlsx-package.ts'
import { readSharedStrings } from './xlsx-strings.ts'

/** `dateStyles`: whether the style of that index shows a number as a date or time. */
export type Workbook = {
  sheets: { name: string; part: string }[]
  date1904: boolean
  sharedStrings: string[]
  dateStyles: boolean[]
}

const mostSheets = 1000

/** All of a workbook but its sheets. Source: ECMA-376, part 1, 18.2 (workbook), 18.8 (styles). */
export const readWorkbook = async (xlsx: XlsxPackage): Promise<Workbook> => {
  const root = await readRelations(xlsx, '_rels/.rels', '')
  const workbookPart = root.find(({ type }) => type.endsWith('/officeDocument'))?.target ?? 'xl/workbook.xml'
  const folder = posix.dirname(workbookPart)
  const relationsPart = `${folder}/_rels/${posix.basename(workbookPart)}.rels`
  const relations = await readRelations(xlsx, relationsPart, folder)
  const partOf = (kind: string): string | undefined => {
    const target = relations.find(({ type }) => type.endsWith(`/${kind}`))?.target
    return target !== undefined && xlsx.has(target) ? target : undefined
  }

  let date1904 = false
  const sheets: Workbook['sheets'] = []
  await xlsx.readPart(workbookPart, {
    open: (name, attributes) => {
      if (name === 'workbookPr') date1904 = isTrue(attributes.date1904)
      if (name !== 'sheet') return
      if (sheets.length === mostSheets) throw notReadable(`The workbook has more than ${mostSheets} sheets.`)
      const relation = relations.find(({ id }) => id === relationId(attributes))
      // Sheets of charts and dialogs have no cells.
      if (relation?.type.endsWith('/worksheet'))
        sheets.push({ name: attributes.name ?? '', part: relation.target })
    },
    close: () => undefined,
    text: () => undefined,
  })
  const stringsPart = partOf('sharedStrings')
  const stylesPart = partOf('styles')
  return {
    sheets,
    date1904,
    sharedStrings: stringsPart === undefined ? [] : await readSharedStrings(xlsx, stringsPart),
    dateStyles: stylesPart === undefined ? [] : await readDateStyles(xlsx, stylesPart),
  }
}

export const isTrue = (text: string | undefined): boolean => text === '1' || text === 'true'

/** `r:id`, whatever the prefix of its name space. */
const relationId = (attributes: Record<string, string>): string | undefined =>
  Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1]

type Relation = { id: string; type: string; target: string }

const readRelations = async (xlsx: XlsxPackage, part: string, folder: string): Promise<Relation[]> => {
  if (!xlsx.has(part)) throw notReadable('The file is a ZIP archive, but no XLSX workbook.')
  const relations: Relation[] = []
  await xlsx.readPart(part, {
    open: (name, { Id: id = '', Type: type = '', Target: target = '' }) => {
      if (name !== 'Relationship' || relations.length >= 10 * mostSheets) return
      relations.push({
        id,
        type,
        target: target.startsWith('/') ? target.slice(1) : posix.join(folder, target),
      })
    },
    close: () => undefined,
    text: () => undefined,
  })
  return relations
}

/** Excel itself allows 65,490. */
const mostStyles = 70_000

const readDateStyles = async (xlsx: XlsxPackage, part: string): Promise<boolean[]> => {
  const codes = new Map<string, string>()
  const styles: boolean[] = []
  let withinCells = false
  await xlsx.readPart(part, {
    open: (name, attributes) => {
      if (styles.length > mostStyles || codes.size > mostStyles)
        throw notReadable('The workbook has too many styles.')
      if (name === 'numFmt')
        codes.set(attributes.numFmtId ?? '', (attributes.formatCode ?? '').slice(0, 1000))
      else if (name === 'cellXfs') withinCells = true
      else if (name === 'xf' && withinCells) {
        const id = attributes.numFmtId ?? '0'
        styles.push(isDateFormat(Number(id), codes.get(id)))
      }
    },
    close: (name) => {
      if (name === 'cellXfs') withinCells = false
    },
    text: () => undefined,
  })
  return styles
}
