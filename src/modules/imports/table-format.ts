import path from 'node:path'

export const tableFormats = ['csv', 'json', 'ndjson', 'xlsx', 'parquet'] as const
export type TableFormat = (typeof tableFormats)[number]

const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** What a file is read as, by the ending of its name: what browsers say of such files differs from system to system. */
const byExtension: Record<string, { format: TableFormat; contentType: string }> = {
  '.csv': { format: 'csv', contentType: 'text/csv' },
  '.tsv': { format: 'csv', contentType: 'text/tab-separated-values' },
  '.json': { format: 'json', contentType: 'application/json' },
  '.ndjson': { format: 'ndjson', contentType: 'application/x-ndjson' },
  '.jsonl': { format: 'ndjson', contentType: 'application/x-ndjson' },
  '.xlsx': { format: 'xlsx', contentType: spreadsheet },
  '.parquet': { format: 'parquet', contentType: 'application/vnd.apache.parquet' },
}

const textTypes: Record<string, string> = { '.txt': 'text/plain', '.md': 'text/markdown' }

/** The type of a text that is no table, by its name; undefined for other files. */
export const textTypeOf = (fileName: string): string | undefined =>
  textTypes[path.extname(fileName).toLowerCase()]

/** Undefined for what is no table. */
export const tableFormatOf = (fileName: string) => byExtension[path.extname(fileName).toLowerCase()]
