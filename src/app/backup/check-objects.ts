import { stat } from 'node:fs/promises'
import path from 'node:path'
import type pg from 'pg'
import { codeOf } from '../../platform/database/infrastructure-error.ts'

type FileRow = { id: string; storageKey: string; sizeBytes: number; thumbnailKey: string | null }
export type ObjectCheck = { checked: number; missing: string[]; wrong: string[] }

const pageRows = 1_000
/** More are not told one by one. */
const mostTold = 1_000
const firstId = '00000000-0000-0000-0000-000000000000'

/** Looks for the object of every file that its owner has, with its size, below `files` (a directory of objects). */
export const checkObjects = async (client: pg.Client, files: string): Promise<ObjectCheck> => {
  const check: ObjectCheck = { checked: 0, missing: [], wrong: [] }
  for (let after = firstId; ; ) {
    const { rows } = await client.query<FileRow>(
      `SELECT id, storage_key AS "storageKey", size_bytes::float8 AS "sizeBytes", thumbnail_key AS "thumbnailKey"
       FROM files WHERE id > $1 AND deleted_at IS NULL AND owner_id IS NOT NULL ORDER BY id LIMIT ${pageRows}`,
      [after],
    )
    for (const { storageKey, sizeBytes, thumbnailKey } of rows) {
      await look(check, files, storageKey, sizeBytes)
      if (thumbnailKey !== null) await look(check, files, thumbnailKey, undefined)
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageRows) return check
    after = last.id
  }
}

const look = async (check: ObjectCheck, files: string, key: string, sizeBytes: number | undefined) => {
  check.checked += 1
  const size = await sizeOf(path.join(files, key))
  if (size === undefined) tell(check.missing, key)
  else if (sizeBytes !== undefined && size !== sizeBytes)
    tell(check.wrong, `${key} has ${size} bytes, and the database says ${sizeBytes}`)
}

const tell = (list: string[], text: string) => {
  if (list.length < mostTold) list.push(text)
}

const sizeOf = async (file: string): Promise<number | undefined> => {
  try {
    return (await stat(file)).size
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Those of `keys` that a file still has. */
export const stillNeeded = async (client: pg.Client, keys: string[]): Promise<string[]> => {
  const { rows } = await client.query<{ key: string }>(
    `SELECT key FROM unnest($1::text[]) AS key WHERE EXISTS (SELECT FROM files
     WHERE deleted_at IS NULL AND owner_id IS NOT NULL AND (storage_key = key OR thumbnail_key = key))`,
    [keys],
  )
  return rows.map(({ key }) => key)
}
