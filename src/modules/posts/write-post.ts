import type { Tx } from '../../platform/database/database.ts'
import { invalidField } from '../../platform/errors.ts'
import { enqueue } from '../../platform/jobs/enqueue.ts'
import { cancelPendingJob } from '../../platform/jobs/transitions.ts'
import { type Actor, authorize } from '../auth/permissions.ts'
import { findFile } from '../files/files.service.ts'
import { type MarkdownRenderer, TooComplex } from './markdown/markdown-renderer.ts'
import { announce, publishPost } from './posts.jobs.ts'
import { setPublishJob } from './posts.repository.ts'
import type { PostRow } from './posts.table.ts'

/**
 * What a body begins with. It is rendered for this, so that every stored body is one that can be rendered.
 * @throws 422 for one that cannot
 */
export const beginningOf = async (markdown: MarkdownRenderer, body: string): Promise<string> => {
  try {
    return (await markdown.render(body)).text
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error
    throw invalidField('body', 'too_complex', 'This Markdown takes too long to render. Make it simpler.')
  }
}

/**
 * A cover is shown to everybody, so whoever chooses it must be able to read the file himself.
 * @throws 422 for a file that is not a picture of the author's, ready to be read; 403 for who may not read it
 */
export const requireCover = async (tx: Tx, actor: Actor, authorId: string, fileId: string): Promise<void> => {
  authorize(actor, 'files:read', { name: 'file', ownerId: authorId })
  const file = await findFile(tx, fileId)
  if (file?.ownerId !== authorId) throw refusedCover('not_found', 'The author has no such file.')
  if (!file.contentType.startsWith('image/'))
    throw refusedCover('not_an_image', 'This file is not a picture.')
  if (file.status !== 'ready')
    throw refusedCover('not_ready', `This file cannot be read: it is ${file.status}.`)
}

const refusedCover = (code: string, message: string) => invalidField('coverFileId', code, message)

/**
 * Does what a change of a post's publication asks for, in the transaction of that change: a scheduled post gets a job for its
 * time, in place of the one that it had, and one that everybody can read now is announced.
 * @param before undefined for a new post, and for one that comes back
 */
export const followPublication = async (
  tx: Tx,
  before: PostRow | undefined,
  post: PostRow,
): Promise<void> => {
  const isSameTime =
    before?.status === post.status && before.publishedAt?.getTime() === post.publishedAt?.getTime()
  if (!isSameTime) {
    const job =
      post.status === 'scheduled' && post.publishedAt !== null
        ? await enqueue(
            tx,
            publishPost,
            { postId: post.id },
            { ownerId: post.authorId, runAt: post.publishedAt },
          )
        : undefined
    if (job !== undefined || post.publishJobId !== null) await setPublishJob(tx, post.id, job?.jobId ?? null)
    if (before?.publishJobId) await cancelPendingJob(tx, before.publishJobId)
  }
  if (post.status === 'published' && before?.status !== 'published') await announce(tx, post)
}
