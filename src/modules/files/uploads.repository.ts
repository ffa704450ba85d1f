import { and, eq, isNull } from 'drizzle-orm'
import { onlyRow, type ReadDb, type Tx } from '../../platform/database/database.ts'
import { type UploadRow, uploads } from './files.table.ts'

export const insertUpload = async (tx: Tx, upload: typeof uploads.$inferInsert): Promise<UploadRow> =>
  onlyRow(await tx.insert(uploads).values(upload).returning())

export const findUpload = async (db: ReadDb, id: string): Promise<UploadRow | undefined> => {
  const [upload] = await db.select().from(uploads).where(eq(uploads.id, id))
  return upload
}

/** Concurrent confirmations happen one after the other. */
export const lockUpload = async (tx: Tx, id: string): Promise<UploadRow | undefined> => {
  const [upload] = await tx.select().from(uploads).where(eq(uploads.id, id)).for('update')
  return upload
}

export const setUploadFile = async (tx: Tx, id: string, fileId: string): Promise<void> => {
  await tx.update(uploads).set({ fileId }).where(eq(uploads.id, id))
}

/** Gives the row that is gone now; none when the upload was confirmed. */
export const deleteUnconfirmedUpload = async (tx: Tx, id: string): Promise<UploadRow | undefined> => {
  const [upload] = await tx
    .delete(uploads)
    .where(and(eq(uploads.id, id), isNull(uploads.fileId)))
    .returning()
  return upload
}
