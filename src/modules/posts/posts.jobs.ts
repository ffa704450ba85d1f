import { z } from 'zod'
import { invalidateAtCommit } from '../../platform/cache/cache.ts'
import type { Tx } from '../../platform/database/database.ts'
import { defineJob } from '../../platform/jobs/define-job.ts'
import { publishEvent } from '../webhooks/publish-event.ts'
import { publishScheduled, unschedule } from './posts.repository.ts'
import type { PostRow } from './posts.table.ts'
import { changedTags } from './public-reads.ts'

/**
 * Publishes a scheduled post at its time. It does so only for a post that still names this job: one that was scheduled anew,
 * published by hand, made a draft again or deleted is left as it is. Ended without success, it leaves a draft.
 */
export const publishPost = defineJob({
  name: 'post.publish',
  queue: 'publishing',
  params: z.object({ postId: z.uuid() }),
  onTransition: async (tx, { postId }, job) => {
    if (job.status === 'failed' || job.status === 'cancelled') await unschedule(tx, postId, job.id)
  },
  run: async (_deps: object, { id: jobId, params: { postId } }) => ({
    result: { postId },
    resultUri: `/v1/posts/${postId}`,
    commit: async (tx) => {
      const post = await publishScheduled(tx, postId, jobId)
      if (post === undefined) return
      await announce(tx, post)
      await invalidateAtCommit(tx, changedTags(post))
    },
  }),
})

/** Tells the author's webhooks that everybody can read the post now. */
export const announce = (tx: Tx, post: Pick<PostRow, 'id' | 'authorId' | 'title' | 'slug' | 'publishedAt'>) =>
  publishEvent(tx, {
    type: 'post.published',
    ownerId: post.authorId,
    data: { postId: post.id, title: post.title, slug: post.slug, publishedAt: post.publishedAt },
    occurredAt: new Date(),
  })
