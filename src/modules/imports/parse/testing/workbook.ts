import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'

const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

/** A workbook from the XML of its parts. `sheets`: name and what stands in `sheetData`. */
export const buildWorkbook = async (
  sheets: [name: string, rows: string][],
  { strings, styles, date1904 = false }: { strings?: string; styles?: string; date1904?: boolean } = {},
): Promise<Buffer> => {
  const parts = new Map<string, string>()
  parts.set('_rels/.rels', relationsPart([['rId1', 'officeDocument', 'xl/workbook.xml']]))
  const links: [string, string, string][] = sheets.map((_, index) => [
    `rId${index + 1}`,
    'worksheet',
    `worksheets/sheet${index + 1}.xml`,
  ])
  if (strings !== undefined) {
    links.push(['rIdS', 'sharedStrings', '/xl/sharedStrings.xml'])
    parts.set('xl/sharedStrings.xml', `<sst xmlns="${main}">${strings}</sst>`)
  }
  if (styles !== undefined) {
    links.push(['rIdT', 'styles', 'styles.xml'])
    parts.set('xl/styles.xml', `<styleSheet xmlns="${main}">${styles}</styleSheet>`)
  }
  parts.set('xl/_rels/workbook.xml.rels', relationsPart(links))
  const list = sheets.map(
    ([name], index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  )
  parts.set(
    'xl/workbook.xml',
    `<workbook xmlns="${main}" xmlns:r="${relations}"><workbookPr date1904="${date1904}"/><sheets>${list.join('')}</sheets></workbook>`,
  )
  for (const [index, [, rows]] of sheets.entries()) {
    parts.set(
      `xl/worksheets/sheet${index + 1}.xml`,
      `<?xml version="1.0"?><worksheet xmlns="${main}"><sheetData>${rows}</sheetData></worksheet>`,
    )
  }
  return await zipParts(parts)
}

const relationsPart = (links: [id: string, type: string, target: string][]): string =>
  `<Relationships>${links
    .map(([id, type, target]) => `<Relationship Id="${id}" Type="${relations}/${type}" Target="${target}"/>`)
    .join('')}</Relationships>`

export const zipParts = async (parts: Map<string, string | Buffer>): Promise<Buffer> => {
  const zip = new ZipFile()
  for (const [name, content] of parts) zip.addBuffer(Buffer.from(content), name)
  zip.end()
  return await buffer(zip.outputStream)
}
