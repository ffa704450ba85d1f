import { invalidField } from '../../platform/errors.ts'
import type { PostStatus } from './posts.table.ts'

export type Publication = { status: PostStatus; publishedAt: Date | null }
export type PublicationChange = { status?: PostStatus | undefined; publishedAt?: Date | undefined }

const draft: Publication = { status: 'draft', publishedAt: null }

/**
 * What becomes of a post by a request: drafts have no time, scheduled posts a coming one, published ones a past one.
 * @param current a draft, for a post that is yet to be made
 * @throws 422 for a time that does not go with the status
 */
export const changedPublication = (
  { status: statusNow, publishedAt: timeNow }: Publication = draft,
  { status = statusNow, publishedAt }: PublicationChange,
  now: Date,
): Publication => {
  if (status === 'draft') {
    if (publishedAt !== undefined) throw refusedTime('not_for_drafts', 'A draft has no time of publication.')
    return draft
  }
  if (status === 'scheduled') {
    const at = publishedAt ?? (statusNow === 'scheduled' ? timeNow : null)
    if (at === null) throw refusedTime('required', 'Say when the post is to be published.')
    // What is due already, and only waits for its worker, may still be edited.
    if (publishedAt !== undefined && publishedAt <= now)
      throw refusedTime('not_to_come', 'A scheduled post is published in the future.')
    return { status, publishedAt: at }
  }
  if (publishedAt !== undefined && publishedAt > now)
    throw refusedTime('to_come', 'This time is still to come: make the status "scheduled".')
  return { status, publishedAt: publishedAt ?? (statusNow === 'published' ? timeNow : null) ?? now }
}

const refusedTime = (code: string, message: string) => invalidField('publishedAt', code, message)
