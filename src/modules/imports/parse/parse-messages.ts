import { z } from 'zod'
import { columnTypes } from '../../../platform/rows/column.ts'

export const fileFormats = ['csv', 'json', 'ndjson', 'xlsx', 'parquet'] as const
export type FileFormat = (typeof fileFormats)[number]

/** What the child is started with, as JSON in its first argument. */
export const parseTaskSchema = z.object({
  path: z.string(),
  format: z.enum(fileFormats),
  tableName: z.string(),
  limits: z.object({ maxRows: z.number(), maxColumns: z.number(), maxCellBytes: z.number() }),
})
export type ParseTask = z.infer<typeof parseTaskSchema>

const inspectionSchema = z.object({
  tables: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      columns: z.array(
        z.object({
          name: z.string(),
          label: z.string(),
          type: z.enum(columnTypes),
          nuls: z.boolean().optional(),
        }),
      ),
      rowCount: z.number(),
      badRows: z.number(),
      badRowSamples: z.array(z.object({ line: z.number(), code: z.string(), message: z.string() })),
    }),
  ),
})

/** What the child says. It is checked: a child that reads hostile files may be in their power. */
export const childMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), fraction: z.number() }),
  z.object({ kind: z.literal('inspected'), inspection: inspectionSchema }),
  z.object({ kind: z.literal('failed'), code: z.string(), message: z.string() }),
])
export type ChildMessage = z.infer<typeof childMessageSchema>

/** Said to the child when the rows are wanted. */
export const writeRequest = 'write'

/** The descriptor on which the child writes rows: frames of a length (uint32, little endian) and as many bytes of COPY text. */
export const rowsDescriptor = 4
/** A frame of no bytes ends a table. */
export const frameHeaderBytes = 4

/** The child's exit code when it took more memory than it may. */
export const outOfMemoryCode = 86
