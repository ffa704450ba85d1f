import type { Tx } from '../../platform/database/database.ts'
import { unavailable } from '../../platform/errors.ts'
import { ok } from '../../platform/http/envelope.ts'
import { fingerprintOf, runOnce } from '../../platform/http/idempotency.ts'
import { type Actor, authorize } from '../auth/permissions.ts'
import { insertPost, type NewPost } from './posts.repository.ts'
import { type CreatePost, viewPost } from './posts.schema.ts'
import type { PostsDeps } from './posts.service.ts'
import type { PostRow } from './posts.table.ts'
import { changedPublication } from './publication.ts'
import { slugCandidates, slugOf } from './slug.ts'
import { beginningOf, followPublication, requireCover } from './write-post.ts'

/**
 * Takes a post, with the job that publishes it when it is scheduled, in one transaction.
 * @throws 422 for a cover, a time or a body that cannot be
 */
export const createPost = async (
  { db, markdown }: PostsDeps,
  actor: Actor,
  input: CreatePost,
  idempotencyKey: string | undefined,
) => {
  const authorId = actor.userId
  authorize(actor, 'posts:create', { name: 'post', ownerId: authorId })
  const beginning = await beginningOf(markdown, input.body)
  const request = { ownerId: authorId, key: idempotencyKey, fingerprint: fingerprintOf('POST /posts', input) }
  return runOnce(db, request, async (tx) => {
    if (input.coverFileId) await requireCover(tx, authorId, input.coverFileId)
    const post = await insertWithSlug(tx, input.slug ?? slugOf(input.title), {
      authorId,
      title: input.title,
      body: input.body,
      excerpt: input.excerpt ?? beginning,
      excerptGiven: Boolean(input.excerpt),
      tags: input.tags ?? [],
      language: input.language ?? 'english',
      coverFileId: input.coverFileId ?? null,
      ...changedPublication(undefined, input, new Date()),
    })
    await followPublication(tx, undefined, post)
    return { status: 201, body: ok(viewPost(post)) }
  })
}

const insertWithSlug = async (tx: Tx, slug: string, post: NewPost): Promise<PostRow> => {
  for (const candidate of slugCandidates(slug)) {
    const inserted = await insertPost(tx, { ...post, slug: candidate })
    if (inserted !== undefined) return inserted
  }
  throw unavailable('address of this title', 1)
}
