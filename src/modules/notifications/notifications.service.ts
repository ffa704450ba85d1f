import type { Db, ReadDb, Tx } from '../../platform/database/database.ts'
import type { ChangedJob } from '../../platform/jobs/transitions.ts'
import { type Actor, requireGrant } from '../auth/permissions.ts'
import {
  deleteOlderThan,
  findCounters,
  insertNotification,
  listAfter,
  listBefore,
} from './notifications.repository.ts'
import { type ListNotifications, viewNotification } from './notifications.schema.ts'
import type { NotificationRow } from './notifications.table.ts'

/** Tells the id of a user who has a new notification, once it is committed. */
export const notificationChannel = 'backlot_notifications'
const keptDays = 30

type NewNotification = {
  ownerId: string
  /** `<subject>.<what happened>`, such as `webhook.disabled`. */
  type: string
  /** A few facts and ids, as the user may see them. */
  data: Record<string, unknown>
}

/** Tells a user of something that happens without his asking, in the transaction in which it does. */
export const tellUser = (tx: Tx, notification: NewNotification): Promise<void> =>
  insertNotification(tx, notificationChannel, notification)

/** The jobs whose end is worth a word to their owner, and what they are to him. */
const subjects: Record<string, string> = {
  'generation.render': 'generation',
  'dataset.generate': 'dataset',
  'dataset.generate-small': 'dataset',
  'export.write': 'export',
  'export.write-small': 'export',
  'upload.process': 'upload',
  'recording.remux': 'recording',
  'post.publish': 'post',
  'report.write': 'report',
}

/** Lets a kind of job tell its owner of its ends, but for those that he cancelled himself. */
export const tellingEnds = <
  Job extends { name: string; onTransition: ((tx: Tx, job: ChangedJob) => Promise<void>) | undefined },
>(
  kind: Job,
): Job => {
  const subject = subjects[kind.name]
  if (subject === undefined) return kind
  return {
    ...kind,
    onTransition: async (tx: Tx, job: ChangedJob) => {
      await kind.onTransition?.(tx, job)
      await tellEnd(tx, subject, job)
    },
  }
}

const tellEnd = async (tx: Tx, subject: string, job: ChangedJob): Promise<void> => {
  const { ownerId, status, id: jobId, errorCode, errorMessage } = job
  if (ownerId === null || (status !== 'completed' && status !== 'failed')) return
  const reason = status === 'failed' ? { errorCode, errorMessage } : {}
  await tellUser(tx, { ownerId, type: `${subject}.${status}`, data: { jobId, ...reason } })
}

/** The notifications of a user after number `after`, oldest first. */
export const listNotificationsAfter = (
  db: ReadDb,
  ownerId: string,
  after: number,
  limit: number,
): Promise<NotificationRow[]> => listAfter(db, ownerId, after, limit)

/** The number of each user's newest notification; users who have had none are missing. */
export const newestNotifications = async (db: ReadDb, ownerIds: string[]): Promise<Map<string, number>> =>
  new Map((await findCounters(db, ownerIds)).map(({ ownerId, seq }) => [ownerId, seq]))

/** A user's own, newest first: nobody reads those of others. */
export const listNotifications = async (
  { readDb }: { readDb: ReadDb },
  actor: Actor,
  { cursor, limit }: ListNotifications,
) => {
  requireGrant(actor, 'notifications:read')
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor)
  const rows = await listBefore(readDb, actor.userId, before, limit + 1)
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const nextCursor = rows.length > limit && last !== undefined ? String(last.seq) : null
  return { success: true as const, data: shown.map(viewNotification), page: { nextCursor, limit } }
}

export const deleteOldNotifications = (db: Db, limit: number): Promise<number> =>
  deleteOlderThan(db, keptDays, limit)
