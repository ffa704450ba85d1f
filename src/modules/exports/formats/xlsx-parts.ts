import type { Column } from '../../../platform/rows/column.ts'
import { cellStyles, columnLetters } from './xlsx-rows.ts'
import { sheetText } from './xlsx-text.ts'

/** The parts of a workbook around its rows. Source: ECMA-376-1 (SpreadsheetML) and ECMA-376-2 (packages). */
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const officeRelationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packageRelationships = 'http://schemas.openxmlformats.org/package/2006/relationships'
const packageTypes = 'http://schemas.openxmlformats.org/package/2006/content-types'
const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** A sheet up to its first row of data: the header, in bold, stays in sight. */
export const sheetStart = (columns: Column[], escapeFormulas: boolean): string => {
  const cells = columns.map(
    ({ name }, index) =>
      `<c r="${columnLetters(index)}1" s="${cellStyles.header}" t="inlineStr"><is>` +
      `<t xml:space="preserve">${sheetText(name, escapeFormulas)}</t></is></c>`,
  )
  return (
    `${declaration}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0">` +
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
    `<cols>${columns.map(columnWidth).join('')}</cols><sheetData><row r="1">${cells.join('')}</row>`
  )
}

export const sheetEnd = '</sheetData></worksheet>'

/** In characters. A date that does not fit is shown as hash signs. */
const columnWidth = ({ type }: Column, index: number): string => {
  const width = type === 'timestamp' ? 24 : 14
  return `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`
}

/** Name and text of each part but the sheets. */
export const workbookParts = (sheets: string[]): [name: string, text: string][] => [
  ['xl/workbook.xml', workbook(sheets)],
  ['xl/_rels/workbook.xml.rels', workbookRelationships(sheets)],
  ['xl/styles.xml', styles],
  [
    '_rels/.rels',
    `${declaration}<Relationships xmlns="${packageRelationships}"><Relationship Id="rId1"` +
      ` Type="${officeRelationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ],
  ['[Content_Types].xml', typesOf(sheets)],
]

const workbook = (sheets: string[]): string => {
  const list = sheets.map((name, index) => {
    const attribute = sheetText(name, false).replaceAll('"', '&quot;')
    return `<sheet name="${attribute}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`
  })
  return (
    `${declaration}<workbook xmlns="${main}" xmlns:r="${officeRelationships}"><workbookPr date1904="0"/>` +
    `<bookViews><workbookView/></bookViews><sheets>${list.join('')}</sheets></workbook>`
  )
}

const workbookRelationships = (sheets: string[]): string => {
  const list = sheets.map(
    (_, index) =>
      `<Relationship Id="rId${index + 1}" Type="${officeRelationships}/worksheet"` +
      ` Target="worksheets/sheet${index + 1}.xml"/>`,
  )
  return (
    `${declaration}<Relationships xmlns="${packageRelationships}">${list.join('')}` +
    `<Relationship Id="rId${sheets.length + 1}" Type="${officeRelationships}/styles" Target="styles.xml"/>` +
    '</Relationships>'
  )
}

const typesOf = (sheets: string[]): string => {
  const list = sheets.map(
    (_, index) =>
      `<Override PartName="/xl/worksheets/sheet${index + 1}.xml" ContentType="${spreadsheet}.worksheet+xml"/>`,
  )
  return (
    `${declaration}<Types xmlns="${packageTypes}"><Default Extension="rels"` +
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    `<Override PartName="/xl/workbook.xml" ContentType="${spreadsheet}.sheet.main+xml"/>` +
    `<Override PartName="/xl/styles.xml" ContentType="${spreadsheet}.styles+xml"/>${list.join('')}</Types>`
  )
}

/** The formats in the order of `cellStyles`. The first two fills are fixed by custom of all readers. */
const styles =
  `${declaration}<styleSheet xmlns="${main}"><numFmts count="2">` +
  '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>' +
  '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss.000"/></numFmts>' +
  '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>' +
  '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>' +
  '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4">' +
  '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' +
  '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>' +
  '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>' +
  '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>' +
  '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
