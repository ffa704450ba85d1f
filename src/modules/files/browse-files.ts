import type { Db, ReadDb } from '../../platform/database/database.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import { decodeCursor, pageOf } from '../../platform/http/paging.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { recordAct } from '../audit/record-act.ts'
import { type Actor, authorize, listedOwner } from '../auth/permissions.ts'
import { countFiles, findFile, listFiles as listFileRows, markFileDeleted } from './files.repository.ts'
import { type ListFiles, viewFile } from './files.schema.ts'
import { getFile } from './files.service.ts'

/** @param origin is put before links to this server */
export const listFiles = async (
  { db, storage }: { db: ReadDb; storage: Storage },
  actor: Actor,
  { ownerId, kind, status, cursor, limit, ...query }: ListFiles,
  origin: string,
) => {
  const filter = { ownerId: listedOwner(actor, 'files:read', ownerId), kind, status }
  const rows = await listFileRows(db, filter, decodeCursor(cursor), limit)
  const total = query.total ? await countFiles(db, filter) : undefined
  const page = pageOf(rows, limit, (file) => file, total)
  return { ...page, data: await Promise.all(page.data.map((file) => viewFile(storage, file, origin))) }
}

/**
 * The file to serve. Until it is processed, its picture may still tell where it was taken.
 * @throws 404; 409 `FILE_NOT_READY`
 */
export const getReadyFile = async (deps: { db: ReadDb }, actor: Actor, id: string) => {
  const file = await getFile(deps, actor, id)
  if (file.status !== 'ready')
    throw conflict('FILE_NOT_READY', `The file cannot be read: it is ${file.status}.`)
  return file
}

/** From now on the file is nowhere to be seen; its bytes go after a day. */
export const deleteOwnFile = async ({ db }: { db: Db }, actor: Actor, id: string): Promise<void> => {
  const file = await findFile(db, id)
  if (file === undefined) throw notFound('file')
  authorize(actor, 'files:delete', { name: 'file', ownerId: file.ownerId })
  await db.transaction(async (tx) => {
    if (!(await markFileDeleted(tx, id))) throw notFound('file')
    const details = { ownerId: file.ownerId }
    await recordAct(tx, { action: 'files:delete', target: { type: 'file', id }, details })
  })
}
