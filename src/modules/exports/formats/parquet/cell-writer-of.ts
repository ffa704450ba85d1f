import type { Column } from '../../../../platform/rows/column.ts'
import type { CellWriter } from './cell-writer.ts'
import { decimalWriter, writeBigint, writeBoolean, writeDouble, writeInteger } from './number-cells.ts'
import { parquetTypeOf } from './parquet-type.ts'
import { writeTextCell, writeTextWithNuls, writeUuid } from './text-cells.ts'
import { writeDate, writeTime, writeTimestamp } from './time-cells.ts'

const writers = {
  boolean: writeBoolean,
  integer: writeInteger,
  bigint: writeBigint,
  double: writeDouble,
  uuid: writeUuid,
  date: writeDate,
  time: writeTime,
  timestamp: writeTimestamp,
  json: writeTextCell,
} satisfies Partial<Record<Column['type'], CellWriter>>

export const cellWriterOf = (column: Column): CellWriter => {
  if (column.type === 'text') return column.nuls ? writeTextWithNuls : writeTextCell
  if (column.type !== 'numeric') return writers[column.type]
  const { decimal } = parquetTypeOf(column)
  return decimal === undefined ? writeTextCell : decimalWriter(decimal.scale)
}
