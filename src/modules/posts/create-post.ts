import { invalidateAfter } from '../../platform/cache/invalidate-after.ts'
import type { Executor, Tx } from '../../platform/database/database.ts'
import { unavailable } from '../../platform/errors.ts'
import { ok } from '../../platform/http/envelope.ts'
import { fingerprintOf, runOnce } from '../../platform/http/idempotency.ts'
import { type Actor, authorize } from '../auth/permissions.ts'
import { insertPost, type NewPost } from './posts.repository.ts'
import { type CreatePost, viewPost } from './posts.schema.ts'
import type { PostsDeps } from './posts.service.ts'
import type { PostRow } from './posts.table.ts'
import { tellOfNewPost } from './public-reads.ts'
import { changedPublication } from './publication.ts'
import { slugCandidates, slugOf } from './slug.ts'
import { beginningOf, followPublication, requireCover } from './write-post.ts'

/**
 * Takes a post, with the job that publishes it when it is scheduled, in one transaction. A draft is often one row and nothing
 * else: a statement is a transaction of its own.
 * @throws 422 for a cover, a time or a body that cannot be
 */
export const createPost = async (
  deps: PostsDeps,
  actor: Actor,
  input: CreatePost,
  idempotencyKey: string | undefined,
) => {
  const authorId = actor.userId
  authorize(actor, 'posts:create', { name: 'post', ownerId: authorId })
  const slug = input.slug ?? slugOf(input.title)
  const beginning = await beginningOf(deps.markdown, input.body)
  const newPost = {
    authorId,
    title: input.title,
    body: input.body,
    excerpt: input.excerpt ?? beginning,
    excerptGiven: Boolean(input.excerpt),
    tags: input.tags ?? [],
    language: input.language ?? 'english',
    coverFileId: input.coverFileId ?? null,
    ...changedPublication(undefined, input, new Date()),
  }
  if (newPost.status === 'draft' && newPost.coverFileId === null && idempotencyKey === undefined)
    return { status: 201, body: ok(viewPost(await insertWithSlug(deps.db, slug, newPost))) }
  const request = { ownerId: authorId, key: idempotencyKey, fingerprint: fingerprintOf('POST /posts', input) }
  const write = async (tx: Tx) => {
    if (newPost.coverFileId !== null) await requireCover(tx, actor, authorId, newPost.coverFileId)
    const post = await insertWithSlug(tx, slug, newPost)
    await followPublication(tx, undefined, post)
    return { status: 201, body: ok(viewPost(post)) }
  }
  return invalidateAfter(
    () => runOnce(deps.db, request, write),
    () => tellOfNewPost(deps, newPost),
  )
}

const insertWithSlug = async (executor: Executor, slug: string, post: NewPost): Promise<PostRow> => {
  for (const candidate of slugCandidates(slug)) {
    const inserted = await insertPost(executor, { ...post, slug: candidate })
    if (inserted !== undefined) return inserted
  }
  throw unavailable('address of this title', 1)
}
