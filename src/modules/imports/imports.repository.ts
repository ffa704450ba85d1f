import { and, desc, eq, isNotNull } from 'drizzle-orm'
import { type Executor, onlyRow, type Tx } from '../../platform/database/database.ts'
import { type UploadedFileRow, uploadedFiles } from './imports.table.ts'

export const insertUploadedFile = async (
  tx: Tx,
  row: typeof uploadedFiles.$inferInsert,
): Promise<UploadedFileRow> => onlyRow(await tx.insert(uploadedFiles).values(row).returning())

export const setUploadedFile = async (
  tx: Tx,
  id: string,
  change: Partial<Pick<UploadedFileRow, 'jobId' | 'datasetId' | 'status'>>,
): Promise<void> => {
  await tx.update(uploadedFiles).set(change).where(eq(uploadedFiles.id, id))
}

export const findDatasetOfFile = async (db: Executor, fileId: string): Promise<string | undefined> => {
  const [row] = await db
    .select({ datasetId: uploadedFiles.datasetId })
    .from(uploadedFiles)
    .where(and(eq(uploadedFiles.fileId, fileId), isNotNull(uploadedFiles.datasetId)))
    .orderBy(desc(uploadedFiles.uploadedAt))
    .limit(1)
  return row?.datasetId ?? undefined
}
