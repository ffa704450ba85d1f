import { and, desc, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import { type Executor, onlyRow, type ReadDb, type Tx } from '../../platform/database/database.ts'
import { preparedOn } from '../../platform/database/prepared.ts'
import { readTogether } from '../../platform/database/read-together.ts'
import type { FileKind } from './file-kinds.ts'
import { type FileRow, type FileStatus, files } from './files.table.ts'

export type FileFilter = {
  ownerId?: string | undefined
  kind?: FileKind | undefined
  status?: FileStatus | undefined
}

/** Deleted files, and those of users who are gone, are nowhere to be seen. */
const visible = and(isNull(files.deletedAt), isNotNull(files.ownerId))

const findFilesStatement = preparedOn((db: ReadDb) =>
  db
    .select()
    .from(files)
    .where(and(sql`${files.id} = any(${sql.placeholder('ids')}::uuid[])`, visible))
    .prepare('find_files'),
)

/** In no particular order. */
export const findFiles = (db: ReadDb, ids: string[]): Promise<FileRow[]> =>
  findFilesStatement(db).execute({ ids })

export const findFile = readTogether(findFiles)

const matches = ({ ownerId, kind, status }: FileFilter) =>
  and(
    visible,
    ownerId === undefined ? undefined : eq(files.ownerId, ownerId),
    kind === undefined ? undefined : eq(files.kind, kind),
    status === undefined ? undefined : eq(files.status, status),
  )

/** Newest first, one more than `limit`, so that the caller sees whether there is a next page. */
export const listFiles = (
  db: ReadDb,
  filter: FileFilter,
  before: string | undefined,
  limit: number,
): Promise<FileRow[]> =>
  db
    .select()
    .from(files)
    .where(and(matches(filter), before === undefined ? undefined : lt(files.id, before)))
    .orderBy(desc(files.id))
    .limit(limit + 1)

export const countFiles = (db: ReadDb, filter: FileFilter): Promise<number> =>
  db.$count(files, matches(filter))

export type NewFile = typeof files.$inferInsert

export const insertFile = async (tx: Tx, file: NewFile): Promise<FileRow> =>
  onlyRow(await tx.insert(files).values(file).returning())

export const setFileJob = async (tx: Tx, id: string, jobId: string): Promise<FileRow> =>
  onlyRow(await tx.update(files).set({ jobId }).where(eq(files.id, id)).returning())

/** What processing found and made. Says whether the file is still there. */
export const setFileContent = async (
  tx: Tx,
  id: string,
  content: Partial<Pick<FileRow, 'storageKey' | 'thumbnailKey' | 'sizeBytes' | 'sha256' | 'metadata'>>,
): Promise<boolean> => {
  const { rowCount } = await tx
    .update(files)
    .set(content)
    .where(and(eq(files.id, id), visible))
  return rowCount === 1
}

export const setFileStatus = async (
  tx: Tx,
  id: string,
  state: Pick<FileRow, 'status' | 'errorCode' | 'errorMessage'>,
): Promise<void> => {
  await tx.update(files).set(state).where(eq(files.id, id))
}

/** Says whether it was there. */
/** @returns what the file was made of */
export const deleteFileRow = async (tx: Tx, id: string): Promise<FileRow | undefined> => {
  const [row] = await tx.delete(files).where(eq(files.id, id)).returning()
  return row
}

export const markFileDeleted = async (executor: Executor, id: string): Promise<boolean> => {
  const { rowCount } = await executor
    .update(files)
    .set({ deletedAt: sql`now()` })
    .where(and(eq(files.id, id), visible))
  return rowCount === 1
}
