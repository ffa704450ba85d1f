import { invalidateAfter } from '../../platform/cache/invalidate-after.ts'
import type { Tx } from '../../platform/database/database.ts'
import { notFound, preconditionFailed, unavailable } from '../../platform/errors.ts'
import { cancelPendingJob } from '../../platform/jobs/transitions.ts'
import { recordAct } from '../audit/record-act.ts'
import type { Actor, Permission } from '../auth/permissions.ts'
import {
  findPost,
  findTakenSlugs,
  lockPost,
  type PostChanges,
  setDeleted,
  trySlug,
  updatePost,
} from './posts.repository.ts'
import { type UpdatePost, versionOfTag } from './posts.schema.ts'
import { type PostsDeps, requirePermission } from './posts.service.ts'
import type { PostRow } from './posts.table.ts'
import { tellEverybody } from './public-reads.ts'
import { changedPublication } from './publication.ts'
import { slugCandidates } from './slug.ts'
import { beginningOf, followPublication, requireCover } from './write-post.ts'

/** What the client last saw of the post: the header `If-Match` (RFC 9110, 13.1.1), or its version. */
export type Seen = { ifMatch?: string | undefined; version?: number | undefined }

/**
 * Changes a post and, with its publication, its job.
 * @throws 412 `PRECONDITION_FAILED` when somebody changed it since
 */
export const changePost = async (
  deps: PostsDeps,
  actor: Actor,
  id: string,
  { version, slug, ...input }: UpdatePost,
  ifMatch: string | undefined,
): Promise<PostRow> => {
  const beginning = await newBeginning(deps, id, input)
  let states: PostRow[] = []
  const change = async (tx: Tx) => {
    const post = await lockForChange(tx, actor, 'posts:update', id, { ifMatch, version })
    if (post.deletedAt !== null) throw notFound('post')
    if (input.coverFileId) await requireCover(tx, actor, post.authorId, input.coverFileId)
    const { status, publishedAt, excerpt, ...plain } = input
    const changes: PostChanges = {
      ...plain,
      ...changedPublication(post, { status, publishedAt }, new Date()),
      ...changedExcerpt(post, excerpt, beginning),
    }
    if (slug !== undefined) await takeSlug(tx, post, slug)
    const changed = await updatePost(tx, id, changes)
    await followPublication(tx, post, changed)
    states = [post, changed]
    return changed
  }
  return invalidateAfter(
    () => deps.db.transaction(change),
    () => tellEverybody(deps, ...states),
  )
}

/** Of the body from which an excerpt may have to be made. Rendered before the transaction begins. */
const newBeginning = async ({ db, markdown }: PostsDeps, id: string, { body, excerpt }: UpdatePost) => {
  const source = body ?? (excerpt === null ? (await findPost(db, id))?.body : undefined)
  return source === undefined ? undefined : beginningOf(markdown, source)
}

const changedExcerpt = (
  { excerptGiven }: PostRow,
  excerpt: string | null | undefined,
  beginning: string | undefined,
): PostChanges => {
  if (typeof excerpt === 'string') return { excerpt, excerptGiven: true }
  if (beginning === undefined || (excerpt === undefined && excerptGiven)) return {}
  return { excerpt: beginning, excerptGiven: false }
}

const takeSlug = async (tx: Tx, post: PostRow, slug: string): Promise<void> => {
  const candidates = slugCandidates(slug)
  const taken = new Set(await findTakenSlugs(tx, candidates))
  for (const candidate of candidates) {
    if (candidate === post.slug) return
    if (!taken.has(candidate) && (await trySlug(tx, post.id, candidate))) return
  }
  throw unavailable('address', 1)
}

const lockForChange = async (tx: Tx, actor: Actor, permission: Permission, id: string, seen: Seen) => {
  const post = await lockPost(tx, id)
  if (post === undefined) throw notFound('post')
  requirePermission(actor, permission, post)
  requireSeen(post, seen)
  return post
}

const requireSeen = (post: PostRow, { ifMatch, version }: Seen): void => {
  const tags = ifMatch?.split(',').map((tag) => tag.trim())
  const isTagged =
    tags === undefined || tags.includes('*') || tags.some((tag) => versionOfTag(tag) === post.version)
  if (isTagged && (version === undefined || version === post.version)) return
  throw preconditionFailed(`The post was changed meanwhile: this is version ${post.version}. Read it again.`)
}

/** From now on nobody sees the post, and no job publishes it. Whoever may delete it can bring it back for 30 days. */
export const deletePost = async (
  deps: PostsDeps,
  actor: Actor,
  id: string,
  ifMatch: string | undefined,
): Promise<void> => {
  let deleted: PostRow[] = []
  const remove = async (tx: Tx) => {
    const post = await lockForChange(tx, actor, 'posts:delete', id, { ifMatch })
    if (post.deletedAt !== null) throw notFound('post')
    await setDeleted(tx, id, true)
    if (post.publishJobId !== null) await cancelPendingJob(tx, post.publishJobId)
    await recordAct(tx, {
      action: 'posts:delete',
      target: { type: 'post', id },
      details: { ownerId: post.authorId },
    })
    deleted = [post]
  }
  await invalidateAfter(
    () => deps.db.transaction(remove),
    () => tellEverybody(deps, ...deleted),
  )
}

/** Brings a deleted post back as it was; one whose time has come meanwhile is published. One that is there stays so. */
export const restorePost = async (deps: PostsDeps, actor: Actor, id: string): Promise<PostRow> => {
  let restoredPosts: PostRow[] = []
  const restore = async (tx: Tx) => {
    const post = await lockForChange(tx, actor, 'posts:delete', id, {})
    if (post.deletedAt === null) return post
    const restored = await setDeleted(tx, id, false)
    restoredPosts = [restored]
    if (restored.status === 'scheduled') await followPublication(tx, undefined, restored)
    return restored
  }
  return invalidateAfter(
    () => deps.db.transaction(restore),
    () => tellEverybody(deps, ...restoredPosts),
  )
}
