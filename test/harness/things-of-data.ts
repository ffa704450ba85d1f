import { randomBytes } from 'node:crypto'
import { insertDataset } from '../../src/modules/datasets/datasets.repository.ts'
import { engineVersion } from '../../src/modules/datasets/generator/field-compiler.ts'
import { insertExport } from '../../src/modules/exports/exports.repository.ts'
import { files } from '../../src/modules/files/files.table.ts'
import { generations } from '../../src/modules/generations/generations.table.ts'
import { posts } from '../../src/modules/posts/posts.table.ts'
import { insertReport } from '../../src/modules/reports/reports.repository.ts'
import { insertRun, insertSync } from '../../src/modules/syncs/syncs.repository.ts'
import { insertDelivery } from '../../src/modules/webhooks/deliveries.repository.ts'
import { insertWebhook } from '../../src/modules/webhooks/webhooks.repository.ts'
import type { Tx } from '../../src/platform/database/database.ts'
import { onlyRow } from '../../src/platform/database/database.ts'
import { newId } from '../../src/platform/database/new-id.ts'
import { type JobStatus, jobEvents, jobs } from '../../src/platform/jobs/jobs.table.ts'
import { newUploadKey } from '../../src/platform/storage/object-key.ts'

/** A job that has done its work. */
export const completedJob = async (tx: Tx, ownerId: string, type: string, params: object) => {
  const job = {
    type,
    queue: 'generation',
    ownerId,
    params,
    status: 'completed',
    finishedAt: new Date(),
  } as const
  const { id } = onlyRow(await tx.insert(jobs).values(job).returning())
  await tx.insert(jobEvents).values({ jobId: id, seq: 1, type: 'status', data: { status: 'completed' } })
  return id
}

export const makeGeneration = async (tx: Tx, ownerId: string, status: JobStatus) => {
  const generationId = await newId(tx)
  const ended =
    status === 'pending'
      ? {}
      : { finishedAt: new Date(), errorCode: 'TEST', errorMessage: 'It did not work.' }
  const job = {
    type: 'generation.render',
    queue: 'images' as const,
    ownerId,
    params: { generationId },
    status,
    ...ended,
  }
  const { id: jobId } = onlyRow(await tx.insert(jobs).values(job).returning())
  await tx.insert(jobEvents).values({ jobId, seq: 1, type: 'status', data: { status } })
  const picture = { prompt: 'a hill', style: 'noir', seed: 1, strength: 1, provider: 'local' } as const
  await tx.insert(generations).values({ ...picture, id: generationId, ownerId, jobId, status })
  return { generationId, jobId }
}

/** A dataset that is not stored, whose rows are made when they are read. */
export const makeDataset = async (tx: Tx, ownerId: string, expiresAt: Date) => {
  const id = await newId(tx)
  const jobId = await completedJob(tx, ownerId, 'dataset.generate', { datasetId: id })
  const field = { name: 'id', type: 'uuid', options: {}, nullRate: 0, unique: true }
  const dataset = {
    ...{ id, jobId, ownerId, expiresAt, engineVersion, name: 'People', origin: 'generated' as const },
    ...{ stored: false, rowCount: 3, sizeBytes: 0, status: 'completed' as const },
    schema: {
      seed: '1',
      locale: 'en' as const,
      refDate: '2024-06-01T12:00:00Z',
      tables: [{ name: 'people', count: 3, fields: [field] }],
    },
  }
  const column = { name: 'id', type: 'uuid' as const }
  const people = { name: 'people', rowCount: 3, columns: [column], keyColumn: 'id' }
  await insertDataset(tx, dataset, [{ ...people, uniqueColumns: [], foreignKeys: [] }])
  return { datasetId: id, jobId }
}

/** An export whose file is there. */
export const makeExport = async (tx: Tx, ownerId: string, fileId: string, expiresAt: Date) => {
  const id = await newId(tx)
  const jobId = await completedJob(tx, ownerId, 'export.write', { exportId: id, source: {} })
  const request = {
    resource: 'jobs',
    format: 'csv',
    compression: 'none',
    escapeFormulas: true,
  } as const
  await insertExport(tx, { id, jobId, ownerId, request, fileId, rowCount: 1, expiresAt, status: 'completed' })
  return { exportId: id, jobId }
}

/** A report whose file is there. */
export const makeReport = async (tx: Tx, ownerId: string, fileId: string, expiresAt: Date) => {
  const id = await newId(tx)
  const jobId = await completedJob(tx, ownerId, 'report.write', { reportId: id, sections: ['posts'] })
  const request = { from: '2025-06-01', to: '2025-06-30' }
  await insertReport(tx, { id, jobId, ownerId, request, fileId, expiresAt, status: 'completed' })
  return { reportId: id, jobId }
}

/** A sync that has run once. Its headers open for nobody. */
export const makeSync = async (tx: Tx, ownerId: string) => {
  const syncId = await newId(tx)
  const source = { name: 'Prices', url: 'https://example.com/prices.json', format: 'json' as const }
  const hidden = { sealedHeaders: randomBytes(64), headerNames: ['authorization'] }
  const timing = { everyMinutes: 60 }
  const nextRunAt = new Date('2199-01-01')
  await insertSync(tx, {
    ...{
      ...source,
      ...hidden,
      id: syncId,
      ownerId,
      timing,
      nextRunAt,
      keyColumns: ['id'],
      ownsDataset: true,
    },
  })
  const jobId = await completedJob(tx, ownerId, 'sync.run', { syncId, runId: syncId })
  await insertRun(tx, { syncId, jobId, trigger: 'schedule', status: 'completed', outcome: 'unchanged' })
  return syncId
}

/** A post that everybody sees, one that is not ready and one that was deleted. */
export const makePosts = async (tx: Tx, ownerId: string) => {
  const make = async (
    post: Pick<typeof posts.$inferInsert, 'status' | 'publishedAt' | 'deletedAt' | 'coverFileId'>,
  ) => {
    const slug = `a-hill-${randomBytes(4).toString('hex')}`
    const text = { title: 'A hill', body: 'It is *green*.', excerpt: 'It is green.', excerptGiven: false }
    const about = { authorId: ownerId, slug, tags: ['hills'], language: 'english' as const }
    const [row] = await tx
      .insert(posts)
      .values({ ...text, ...about, ...post })
      .returning()
    return row?.id ?? ''
  }
  const picture = { kind: 'image', name: 'a.png', contentType: 'image/png', sizeBytes: 99 } as const
  const file = { ...picture, ownerId, storageKey: newUploadKey(), status: 'ready' as const }
  const coverFileId = onlyRow(await tx.insert(files).values(file).returning()).id
  const publishedAt = new Date(Date.now() - 60_000)
  return {
    pictureId: coverFileId,
    postId: await make({ status: 'published', publishedAt, coverFileId }),
    draftId: await make({ status: 'draft' }),
    deletedPostId: await make({ status: 'published', publishedAt, deletedAt: new Date() }),
  }
}

/** A webhook with something that was sent to it. Its secret opens for nobody. */
export const makeWebhook = async (tx: Tx, ownerId: string) => {
  const hook = { ownerId, url: 'https://example.com/hook', events: ['*'], sealedSecret: randomBytes(64) }
  const { id: webhookId } = await insertWebhook(tx, hook)
  const deliveryId = await newId(tx)
  const jobId = await completedJob(tx, ownerId, 'webhook.deliver', { deliveryId })
  const event = { eventType: 'stream.live', payload: '{}', status: 'completed' } as const
  await insertDelivery(tx, { id: deliveryId, webhookId, ownerId, jobId, ...event })
  return { webhookId, deliveryId }
}
