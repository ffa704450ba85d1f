import { sql } from 'drizzle-orm'
import { type Db, type Executor, onlyRow, type Tx } from '../../platform/database/database.ts'
import { preparedSql } from '../../platform/database/prepared.ts'
import { jobs } from '../../platform/jobs/jobs.table.ts'
import { datasetChunks, datasets } from './datasets.table.ts'

export type Chunk = { position: number; first: number; end: number }

/** Cuts the rows of a table into chunks that workers take one by one. Those that are there stay as they are. */
export const planChunks = async (
  tx: Tx,
  datasetId: string,
  { position, rowCount, chunkRows }: { position: number; rowCount: number; chunkRows: number },
): Promise<void> => {
  await tx.execute(sql`
    insert into ${datasetChunks} (dataset_id, position, first_row, end_row)
    select ${datasetId}, ${position}, first, least(first + ${chunkRows}, ${rowCount})
    from generate_series(0, ${rowCount - 1}::int, ${chunkRows}) as first
    on conflict do nothing`)
}

const given = sql.placeholder
const nextChunk = preparedSql<Chunk>(
  'take_dataset_chunk',
  sql`
    select position, first_row as "first", end_row as "end" from ${datasetChunks}
    where dataset_id = ${given('datasetId')} and not done
      and exists (select from ${datasets} where id = ${given('datasetId')} and status = 'in-progress' and deleted_at is null)
    order by position, first_row limit 1
    for update of dataset_chunks skip locked`,
)

/**
 * Takes a chunk that nobody writes, until the transaction ends: with a commit it is done, with a rollback, or the death of
 * its worker, it is there for the next. None is given out once the dataset is no longer being made.
 */
export const takeChunk = async (tx: Tx, datasetId: string): Promise<Chunk | undefined> => {
  const [chunk] = await nextChunk(tx, { datasetId })
  return chunk
}

export const finishChunk = async (tx: Tx, datasetId: string, { position, first }: Chunk): Promise<void> => {
  await tx.execute(sql`
    update ${datasetChunks} set done = true
    where dataset_id = ${datasetId} and position = ${position} and first_row = ${first}`)
}

export const readChunkProgress = async (
  db: Db,
  datasetId: string,
): Promise<{ doneRows: number; openChunks: number }> => {
  const { rows } = await db.execute<{ doneRows: number; openChunks: number }>(sql`
    select coalesce(sum(end_row - first_row) filter (where done), 0)::float8 as "doneRows",
      (count(*) filter (where not done))::int as "openChunks"
    from ${datasetChunks} where dataset_id = ${datasetId}`)
  return onlyRow(rows)
}

export const deleteChunks = async (executor: Executor, datasetId: string): Promise<void> => {
  await executor.execute(sql`delete from ${datasetChunks} where dataset_id = ${datasetId}`)
}

/** Whether a dataset waits that nobody makes yet. */
export const isOtherWorkWaiting = async (db: Db): Promise<boolean> => {
  const { rows } = await db.execute<{ waiting: boolean }>(sql`
    select exists (select from ${jobs} where status = 'pending' and type = 'dataset.generate' and run_at <= now()) as waiting`)
  return onlyRow(rows).waiting
}
