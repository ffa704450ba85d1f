import { chosen } from '../../platform/http/selected-fields.ts'
import { findUserNames } from '../users/users.service.ts'
import {
  type GetPost,
  type PostField,
  type PostToView,
  type ShownPost,
  viewListedPost,
  viewPost,
} from './posts.schema.ts'
import type { PostsDeps } from './posts.service.ts'
import type { PostRow } from './posts.table.ts'

/** A post as the request wants it. Names and HTML are only looked for when they are asked for. */
export const showPost = async (deps: PostsDeps, row: PostRow, { fields, render }: GetPost) => {
  const isRendered = render === 'html' || (fields?.includes('bodyHtml') ?? false)
  const view: ShownPost = {
    ...viewPost(row),
    ...(isRendered && { bodyHtml: await renderBody(deps, row.body) }),
  }
  if (fields === undefined) return view
  const wanted = render === 'html' ? [...fields, 'bodyHtml' as const] : fields
  if (wanted.includes('authorName')) view.authorName = (await namesOf(deps, [row])).get(row.authorId) ?? null
  return chosen(view, wanted)
}

/** The same for the rows of a list. Names are looked up for all of them at once. */
export const showPosts = async (deps: PostsDeps, rows: PostToView[], fields: PostField[] | undefined) => {
  if (fields === undefined) return rows.map(viewListedPost)
  const names = fields.includes('authorName') ? await namesOf(deps, rows) : undefined
  const shown: ShownPost[] = []
  for (const row of rows) {
    const view: ShownPost = { ...viewListedPost(row), authorName: names?.get(row.authorId) ?? null }
    if (row.body !== undefined) view.body = row.body
    if (fields.includes('bodyHtml')) view.bodyHtml = await renderBody(deps, row.body ?? '')
    shown.push(chosen(view, fields))
  }
  return shown
}

export const namesOf = ({ readDb }: Pick<PostsDeps, 'readDb'>, rows: Pick<PostRow, 'authorId'>[]) =>
  findUserNames(readDb, [...new Set(rows.map(({ authorId }) => authorId))])

const renderBody = async ({ markdown }: PostsDeps, body: string): Promise<string> =>
  (await markdown.render(body)).html
