import { csv } from './csv.ts'
import type { Format } from './format.ts'
import { json, ndjson } from './json.ts'
import { parquetFormat } from './parquet.ts'
import { sql } from './sql.ts'
import { xlsx } from './xlsx.ts'

/** Every format that data can be exported in, by its name. */
export const formats = { csv, json, ndjson, sql, parquet: parquetFormat, xlsx } satisfies Record<
  string,
  Format
>
