import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readRows } from '../../../../platform/rows/copy-text.ts'
import type { InspectedTable } from '../inspect-rows.ts'
import { type ParseOptions, parseFile } from '../parse-file.ts'
import type { FileFormat } from '../parse-messages.ts'

export type WholeTable = InspectedTable & { rows: (string | null)[][] }

const limits = { maxRows: 1_000_000, maxSeconds: 30 }

/** Parses a file and keeps all of it. */
export const parseWholeFile = async (
  path: string,
  format: FileFormat,
  options: Partial<ParseOptions['limits']> = {},
): Promise<WholeTable[]> => {
  await using file = parseFile({ path, format, limits: { ...limits, ...options } })
  const tables: WholeTable[] = []
  for await (const { table, rows } of file.tables()) {
    const all: (string | null)[][] = []
    for await (const chunk of rows) all.push(...readRows(chunk))
    tables.push({ ...table, rows: all })
  }
  return tables
}

/** A directory for one test, gone with it. */
export const newFolder = async (): Promise<
  AsyncDisposable & { path: string; file: (content: string | Uint8Array) => Promise<string> }
> => {
  const path = await mkdtemp(join(tmpdir(), 'backlot-parse-'))
  return {
    path,
    file: async (content) => {
      const name = join(path, randomUUID())
      await writeFile(name, content)
      return name
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

export const parseText = async (
  content: string | Uint8Array,
  format: FileFormat,
  options: Partial<ParseOptions['limits']> = {},
): Promise<WholeTable[]> => {
  await using folder = await newFolder()
  return await parseWholeFile(await folder.file(content), format, options)
}

/** `name:type` of each column. */
export const shapeOf = (table: WholeTable | undefined): string[] =>
  (table?.columns ?? []).map(({ name, type, nuls }) => `${name}:${type}${nuls ? '+nuls' : ''}`)

export const faultsOf = (table: WholeTable | undefined): string[] =>
  (table?.badRowSamples ?? []).map(({ line, code }) => `${line} ${code}`)
