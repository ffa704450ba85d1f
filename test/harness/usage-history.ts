import { sql } from 'drizzle-orm'
import { datasets } from '../../src/modules/datasets/datasets.table.ts'
import { dataExports } from '../../src/modules/exports/exports.table.ts'
import { files } from '../../src/modules/files/files.table.ts'
import { generations } from '../../src/modules/generations/generations.table.ts'
import { posts } from '../../src/modules/posts/posts.table.ts'
import { projects } from '../../src/modules/projects/projects.table.ts'
import { liveEvents, streams } from '../../src/modules/streams/streams.table.ts'
import { onlyRow } from '../../src/platform/database/database.ts'
import { archivedJobs, jobs } from '../../src/platform/jobs/jobs.table.ts'
import type { TestApp } from './test-app.ts'

let made = 0
/** The id that something has that was made at a moment, and that moment. */
const madeAt = (at: string) => {
  made += 1
  const time = Date.parse(at).toString(16).padStart(12, '0')
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${made.toString(16).padStart(12, '0')}`
  return { id, createdAt: new Date(at) }
}

/** Writes what a user did at moments of the past, as if he had. */
export const usageHistory = ({ platform: { db } }: Pick<TestApp, 'platform'>, ownerId: string) => {
  const jobId = '00000000-0000-7000-8000-000000000000'
  const expiresAt = new Date('2199-01-01')
  return {
    generation: (
      at: string,
      status: 'completed' | 'failed',
      style: typeof generations.$inferInsert.style = 'noir',
    ) =>
      db.insert(generations).values({
        ...{ ...madeAt(at), ownerId, jobId, status, style },
        ...{ prompt: 'a hill', seed: 1, strength: 1, provider: 'local' },
      }),
    dataset: (at: string, rowCount: number) =>
      db.insert(datasets).values({
        ...{ ...madeAt(at), ownerId, jobId, rowCount, expiresAt, name: 'People', origin: 'uploaded' },
        ...{ stored: false, sizeBytes: 0, status: 'completed' },
      }),
    exported: (at: string, format: 'csv' | 'xlsx', rowCount: number) =>
      db.insert(dataExports).values({
        ...{ ...madeAt(at), ownerId, jobId, expiresAt, rowCount, status: 'completed' },
        request: { resource: 'files', format, compression: 'none', escapeFormulas: true },
      }),
    file: (at: string, kind: 'document' | 'video', sizeBytes: number, deletedAt?: Date) =>
      db.insert(files).values({
        ...{ ...madeAt(at), ownerId, kind, sizeBytes, deletedAt, name: 'a', contentType: 'text/plain' },
        ...{ storageKey: `usage-${made}`, status: 'ready' },
      }),
    post: (at: string) =>
      db.insert(posts).values({
        ...{ ...madeAt(at), authorId: ownerId, title: 'A hill', slug: `usage-${made}`, body: '' },
        ...{ excerpt: '', excerptGiven: false, tags: [], language: 'english', status: 'draft' },
      }),
    job: async (at: string, type: string, errorCode: string, isArchived = false) => {
      const { id } = onlyRow(
        await db
          .insert(jobs)
          .values({ ...madeAt(at), ownerId, type, queue: 'images', params: {}, status: 'failed', errorCode })
          .returning(),
      )
      if (!isArchived) return
      await db.execute(sql`with old as (delete from ${jobs} where id = ${id} returning *)
        insert into ${archivedJobs} (id, owner_id, job, finished_at) select id, owner_id, to_jsonb(old), now() from old`)
    },
    project: async (name: string): Promise<string> => {
      made += 1
      const key = { streamKeyHash: `usage-${made}`, streamKeyHint: 'abcd' }
      return onlyRow(
        await db
          .insert(projects)
          .values({ ownerId, name, ...key })
          .returning(),
      ).id
    },
    /** @param broadcast a destination's name, and the events that tell how it fared */
    stream: async (
      projectId: string,
      [startedAt, endedAt]: [string, string],
      broadcast: { name: string; destinationId: string; events: [at: string, state: string][] },
    ) => {
      const span = { startedAt: new Date(startedAt), endedAt: new Date(endedAt) }
      const { id: streamId } = onlyRow(
        await db
          .insert(streams)
          .values({ projectId, ownerId, source: 'rtmp', status: 'ended', ...span })
          .returning(),
      )
      const { name, destinationId } = broadcast
      for (const [at, state] of broadcast.events) {
        made += 1
        const event = { projectId, streamId, destinationId, seq: made, type: `destination.${state}` }
        await db.insert(liveEvents).values({ ...event, data: { name }, createdAt: new Date(at) })
      }
    },
  }
}
