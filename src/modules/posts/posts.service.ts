import type { Cache } from '../../platform/cache/cache.ts'
import type { Db, ReadDb } from '../../platform/database/database.ts'
import { forbidden, notFound } from '../../platform/errors.ts'
import { type Actor, authorize, can, type Permission } from '../auth/permissions.ts'
import { type FilesDeps, findFile, signedFileUrl } from '../files/files.service.ts'
import type { MarkdownRenderer } from './markdown/markdown-renderer.ts'
import { findPost, findPostBySlug } from './posts.repository.ts'
import type { PostRow } from './posts.table.ts'

export type PostsDeps = {
  db: Db
  readDb: ReadDb
  cache: Cache
  markdown: MarkdownRenderer
  files: Pick<FilesDeps, 'storage'>
}

const uuidForm = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

const maySee = (actor: Actor | undefined, { status, authorId, deletedAt }: PostRow): boolean =>
  deletedAt === null &&
  (status === 'published' || (actor !== undefined && can(actor, 'posts:read', authorId)))

/**
 * @param idOrSlug a slug never has the form of an id
 * @throws 404 for a post that does not exist, is deleted, or is not for this reader
 */
export const getPost = async (
  { readDb }: Pick<PostsDeps, 'readDb'>,
  actor: Actor | undefined,
  idOrSlug: string,
): Promise<PostRow> => {
  const post = await (uuidForm.test(idOrSlug) ? findPost(readDb, idOrSlug) : findPostBySlug(readDb, idOrSlug))
  if (post === undefined || !maySee(actor, post)) throw notFound('post')
  return post
}

/** @throws 404 for a post that the actor may not see, 403 for one that he may see and not do this to */
export const requirePermission = (actor: Actor, permission: Permission, post: PostRow): void => {
  if (can(actor, permission, post.authorId)) return
  if (maySee(actor, post)) throw forbidden()
  // Deleted ones, and others' drafts.
  if (post.deletedAt !== null) throw notFound('post')
  authorize(actor, permission, { name: 'post', ownerId: post.authorId })
}

/**
 * A link to the picture of a post, for whoever may see the post. It is good for an hour.
 * @param origin is put before links to this server
 * @throws 404 for a post without one, or whose picture was deleted
 */
export const getCoverLink = async (
  deps: PostsDeps,
  actor: Actor | undefined,
  idOrSlug: string,
  origin: string,
): Promise<string> => {
  const { coverFileId } = await getPost(deps, actor, idOrSlug)
  const file = coverFileId === null ? undefined : await findFile(deps.readDb, coverFileId)
  if (file?.status !== 'ready') throw notFound('cover')
  return signedFileUrl(deps.files, file, origin)
}
