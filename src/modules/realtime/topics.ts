import type { Db, ReadDb } from '../../platform/database/database.ts'
import { notFound } from '../../platform/errors.ts'
import { eventChannel as jobChannel, listEvents, readEventSeqs } from '../../platform/jobs/job-events.ts'
import { type Actor, requireGrant } from '../auth/permissions.ts'
import { getGeneration } from '../generations/generations.service.ts'
import { getJob } from '../jobs/jobs.service.ts'
import { viewEventData } from '../jobs/result-link.ts'
import {
  listNotificationsAfter,
  newestNotifications,
  notificationChannel,
} from '../notifications/notifications.service.ts'
import { readEventSeqs as readLiveEventSeqs } from '../projects/live-project.ts'
import { getProject } from '../projects/projects.service.ts'
import { listLiveEvents, eventChannel as liveChannel } from '../streams/live-events.ts'
import { type FeedEvent, type FeedSource, feedPage } from './feed.ts'
import type { TopicName } from './realtime.schema.ts'

/** What one reader may follow: a sequence, and what of its events he sees. */
export type Topic = { source: FeedSource; key: string; view: (event: FeedEvent) => FeedEvent }

/** Opens topics by name: with the rules and errors of the routes that show the same things. */
export const createTopics = ({ db, readDb }: { db: Db; readDb: ReadDb }) => {
  const sources = createSources(readDb)

  const ofJob = async (actor: Actor, jobId: string): Promise<Topic> => {
    const job = await getJob({ db }, actor, jobId)
    const view = (event: FeedEvent) => ({ ...event, data: viewEventData(actor, job, event.data) })
    return { source: sources.jobs, key: jobId, view }
  }

  return {
    /** @throws 404 for what is not there or not for this actor, 403 where his role or key cannot read such things at all */
    open: async (actor: Actor, { kind, id }: TopicName): Promise<Topic> => {
      if (kind === 'notifications') {
        requireGrant(actor, 'notifications:read')
        return { source: sources.notifications, key: actor.userId, view: asItIs }
      }
      requireGrant(actor, `${kind}:read`)
      if (kind === 'jobs') return ofJob(actor, id)
      if (kind === 'projects') {
        await getProject({ readDb }, actor, id)
        return { source: sources.projects, key: id, view: asItIs }
      }
      const { jobId } = await getGeneration({ readDb }, actor, id)
      return { source: sources.jobs, key: jobId, view: asItIs }
    },
    /** The number of the newest event. @throws 404 when the sequence is gone */
    headOf: async ({ source, key }: Topic): Promise<number> => {
      const head = (await source.readHeads([key])).get(key)
      if (head === undefined) throw notFound('topic')
      return head
    },
  }
}

export type Topics = ReturnType<typeof createTopics>

const asItIs = (event: FeedEvent) => event

const createSources = (readDb: ReadDb) => ({
  jobs: {
    name: 'jobs',
    channel: jobChannel,
    readPage: async (jobId: string, after: number) =>
      (await listEvents(readDb, jobId, after)).map(({ seq, type, data, createdAt }) => ({
        ...{ seq, event: type, data },
        at: createdAt.toISOString(),
      })),
    readHeads: (jobIds: string[]) => readEventSeqs(readDb, jobIds),
  },
  projects: {
    name: 'projects',
    channel: liveChannel,
    readPage: async (projectId: string, after: number) =>
      (await listLiveEvents(readDb, projectId, after)).map(
        ({ seq, type, streamId, destinationId, data, createdAt }) => ({
          ...{ seq, event: type, data: { ...data, streamId, destinationId } },
          at: createdAt.toISOString(),
        }),
      ),
    readHeads: (projectIds: string[]) => readLiveEventSeqs(readDb, projectIds),
  },
  notifications: {
    name: 'notifications',
    channel: notificationChannel,
    readPage: async (ownerId: string, after: number) =>
      (await listNotificationsAfter(readDb, ownerId, after, feedPage)).map(
        ({ seq, type, data, createdAt }) => ({ seq, event: type, data, at: createdAt.toISOString() }),
      ),
    readHeads: async (ownerIds: string[]) => {
      const newest = await newestNotifications(readDb, ownerIds)
      return new Map(ownerIds.map((ownerId) => [ownerId, newest.get(ownerId) ?? 0]))
    },
  },
})
