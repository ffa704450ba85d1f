import { and, eq, sql } from 'drizzle-orm'
import type { Db, ReadDb, Tx } from '../../../platform/database/database.ts'
import { files, type ImageVariantRow, imageVariants, objectRemovals } from '../files.table.ts'

const mostPerFile = 32
const unusedKept = sql`interval '30 days'`
/** Whoever has found a variant may still be reading it; links are good for longer, and find another one. */
const readWindow = sql`interval '10 minutes'`

export const findVariant = async (
  db: ReadDb,
  fileId: string,
  variant: string,
): Promise<ImageVariantRow | undefined> => {
  const [row] = await db
    .select()
    .from(imageVariants)
    .where(and(eq(imageVariants.fileId, fileId), eq(imageVariants.variant, variant)))
  return row
}

/** Says whether it was inserted: not when another process had it first, or the file has been deleted meanwhile. */
export const insertVariant = async (
  tx: Tx,
  row: Pick<ImageVariantRow, 'storageKey' | 'variant' | 'contentType' | 'sizeBytes'> & { fileId: string },
): Promise<boolean> => {
  const { rowCount } = await tx.execute(sql`
    insert into ${imageVariants} (storage_key, file_id, variant, content_type, size_bytes)
    select ${row.storageKey}, id, ${row.variant}, ${row.contentType}, ${row.sizeBytes} from ${files}
    where id = ${row.fileId} and deleted_at is null and owner_id is not null
    on conflict do nothing`)
  return rowCount === 1
}

export const markVariantUsed = async (db: Db, storageKey: string): Promise<void> => {
  await db.update(imageVariants).set({ usedAt: sql`now()` }).where(eq(imageVariants.storageKey, storageKey))
}

export const forgetVariant = async (db: Db, storageKey: string): Promise<void> => {
  await db.delete(imageVariants).where(eq(imageVariants.storageKey, storageKey))
}

/**
 * Moves what is too much to the list of objects that go: of one file by number, and of all files of its owner by bytes. What was used
 * longest ago goes first, and the newest never.
 */
export const dropExcessVariants = async (tx: Tx, fileId: string, bytesPerUser: number): Promise<void> => {
  await tx.execute(sql`
    with excess as (
      select storage_key from (
        select v.storage_key, v.file_id,
          row_number() over (partition by v.file_id order by v.used_at desc, v.storage_key) as place,
          sum(v.size_bytes) over (order by v.used_at desc, v.storage_key) as bytes,
          row_number() over (order by v.used_at desc, v.storage_key) as place_of_all
        from ${imageVariants} v join ${files} f on f.id = v.file_id
        where f.owner_id = (select owner_id from ${files} where id = ${fileId})
      ) kept
      where place_of_all > 1
        and ((file_id = ${fileId} and place > ${mostPerFile}) or bytes > ${bytesPerUser})
    ), dropped as (
      delete from ${imageVariants} where storage_key in (
        select storage_key from ${imageVariants} where storage_key in (select storage_key from excess)
        for update skip locked)
      returning storage_key, size_bytes
    )
    insert into ${objectRemovals} (storage_key, size_bytes, due_at)
    select storage_key, size_bytes, now() + ${readWindow} from dropped`)
}

/** Moves all of one file to the list of objects that go. Returns their keys. */
export const dropVariantsOf = async (tx: Tx, fileId: string): Promise<string[]> => {
  const { rows } = await tx.execute<{ storageKey: string }>(sql`
    with dropped as (
      delete from ${imageVariants} where file_id = ${fileId} returning storage_key, size_bytes
    )
    insert into ${objectRemovals} (storage_key, size_bytes, due_at)
    select storage_key, size_bytes, now() from dropped returning storage_key as "storageKey"`)
  return rows.map(({ storageKey }) => storageKey)
}

/** Moves variants of files that are deleted or gone, and those that nobody has asked for in 30 days. Returns how many. */
export const listUnneededVariants = async (db: Db, limit: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    with dropped as (
      delete from ${imageVariants} where storage_key in (
        select v.storage_key from ${imageVariants} v left join ${files} f on f.id = v.file_id
        where f.id is null or f.deleted_at is not null or f.owner_id is null or v.used_at < now() - ${unusedKept}
        limit ${limit} for update of v skip locked)
      returning storage_key, size_bytes
    )
    insert into ${objectRemovals} (storage_key, size_bytes, due_at)
    select storage_key, size_bytes, now() from dropped`)
  return rowCount ?? 0
}
