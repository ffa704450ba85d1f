import type { CellKind, SourceColumn, SourceFile, TableSink } from './source-rows.ts'
import type { XlsxCell } from './xlsx-cells.ts'
import { openPackage } from './xlsx-package.ts'
import { mostSheetRows, readSheet, type TakeSheetRow } from './xlsx-sheet.ts'
import { readWorkbook } from './xlsx-workbook.ts'

/** The table that the last sheet began or continued. */
type SheetTable = { name: string; header: string; parts: number; isFull: boolean }

/**
 * Each sheet of a workbook is a table, its first row that is not empty the names of the columns. Empty sheets and empty
 * rows are passed over. A sheet `orders (2)` after a full sheet `orders` with the same header continues it.
 */
export const readXlsx = async (file: SourceFile, sink: TableSink): Promise<void> => {
  await using xlsx = await openPackage(file.path)
  const workbook = await readWorkbook(xlsx)
  let previous: SheetTable | undefined
  for (const [index, { name, part }] of workbook.sheets.entries()) {
    const sheet = startSheet(name, previous, sink)
    await readSheet(xlsx, { workbook, part, limits: file.limits }, sheet.takeRow, async (fraction) => {
      sink.progress((index + Math.min(fraction, 1)) / workbook.sheets.length)
      await sink.taken()
    })
    previous = sheet.table()
  }
}

const startSheet = (
  name: string,
  previous: SheetTable | undefined,
  sink: TableSink,
): { takeRow: TakeSheetRow; table: () => SheetTable | undefined } => {
  let table: SheetTable | undefined
  let width = 0
  const takeRow: TakeSheetRow = (line, cells) => {
    if (table !== undefined) {
      table.isFull = line === mostSheetRows
      return giveRow(line, cells, width, sink)
    }
    const columns = readHeader(cells)
    width = columns.length
    const header = JSON.stringify(columns)
    if (
      previous?.isFull &&
      previous.header === header &&
      name === `${previous.name} (${previous.parts + 1})`
    ) {
      table = { ...previous, parts: previous.parts + 1, isFull: false }
      return
    }
    table = { name, header, parts: 1, isFull: false }
    sink.startTable(name, columns)
  }
  return { takeRow, table: () => table }
}

const readHeader = (cells: readonly (XlsxCell | undefined)[]): SourceColumn[] => {
  const columns: SourceColumn[] = []
  for (let index = 0; index < cells.length; index += 1) {
    columns.push({ label: cells[index]?.text ?? `column_${index + 1}` })
  }
  return columns
}

const giveRow = (
  line: number,
  cells: readonly (XlsxCell | undefined)[],
  width: number,
  sink: TableSink,
): void => {
  if (cells.length > width) {
    const message = `The row has ${cells.length} cells, the header ${width}.`
    sink.badRow(line, { code: 'WRONG_CELL_COUNT', message })
    return
  }
  const texts: (string | null)[] = []
  const kinds: CellKind[] = []
  for (let index = 0; index < cells.length; index += 1) {
    texts.push(cells[index]?.text ?? null)
    kinds.push(cells[index]?.kind ?? 'string')
  }
  sink.row(line, texts, kinds)
}
