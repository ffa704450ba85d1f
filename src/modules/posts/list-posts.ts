import type { ReadDb } from '../../platform/database/database.ts'
import { invalidField } from '../../platform/errors.ts'
import { type Place, pageAfter, placeOf } from '../../platform/http/sorted-paging.ts'
import { type Actor, scopeOf } from '../auth/permissions.ts'
import { viewHighlight } from './highlight.ts'
import { languages } from './languages.ts'
import {
  countPosts,
  listPosts as listPostRows,
  listPostsByIds,
  type PostFilter,
  type Search,
  type Sight,
} from './list-posts.repository.ts'
import { type ListPosts, mostBodies, type PostSort, type PostToView, sortKinds } from './posts.schema.ts'
import type { PostsDeps } from './posts.service.ts'
import { highlightPosts, rankPosts, readQuery } from './search-posts.repository.ts'
import { showPosts } from './show-post.ts'
import { listWrittenPosts, usualLimit } from './usual-pages.repository.ts'

/**
 * The posts that this reader may see and asks for. A list costs one statement; a search two more, for its words and for
 * where they stand.
 */
export const listPosts = async (deps: PostsDeps, actor: Actor | undefined, query: ListPosts) => {
  const { fields, limit, q } = query
  const withBody = fields?.some((field) => field === 'body' || field === 'bodyHtml') ?? false
  if (withBody && limit > mostBodies)
    throw invalidField('limit', 'too_big', `With bodies, a list has ${mostBodies} posts at most.`)
  const search = q === undefined ? undefined : await readWords(deps.readDb, q, query.language)
  if (q !== undefined && search === undefined) return emptyPage(query)
  const filter = { ...query, ...sightOf(actor), search }
  const { rows, page } = await findPage(deps.readDb, filter, query, withBody)
  if (search === undefined) return { success: true as const, data: await showPosts(deps, rows, fields), page }
  const highlights = await highlightsOf(deps.readDb, { ...filter, search }, rows)
  const found = rows.filter(({ id }) => highlights.has(id))
  const shown = await showPosts(deps, found, fields)
  const data = shown.map((post, at) => ({ ...post, highlight: highlights.get(found[at]?.id ?? '') }))
  return { success: true as const, data, page }
}

/**
 * The same as JSON, for a request that only says where the page starts and how it is sorted, as most do: PostgreSQL writes it.
 * Undefined for any other.
 */
export const writeUsualPage = async (
  { readDb }: Pick<PostsDeps, 'readDb'>,
  actor: Actor | undefined,
  query: ListPosts,
): Promise<string | undefined> => {
  const { sort = '-publishedAt', limit, cursor, deleted, total, ...others } = query
  const isUsual = limit === usualLimit && Object.values(others).every((value) => value === undefined)
  if (!isUsual || deleted || total || sort === 'relevance') return undefined
  const by = sortOf(sort)
  const place = placeOf({ cursor }, sort, sortKinds[by])
  const order = { by, descending: sort.startsWith('-') }
  const rows = await listWrittenPosts(readDb, sightOf(actor), order, place)
  const page = pageAfter(rows, { limit, sort, total: undefined }, ({ key }) =>
    typeof key === 'string' ? key : key.toISOString(),
  )
  const shown = rows.slice(0, limit).map(({ json }) => json)
  return `{"success":true,"data":[${shown.join()}],"page":${JSON.stringify(page)}}`
}

/** What a list of everybody's posts shows to everybody, newest first. */
export const listPublished = async (
  { readDb }: Pick<PostsDeps, 'readDb'>,
  { author, tag }: Pick<PostFilter, 'author' | 'tag'>,
  limit: number,
): Promise<PostToView[]> => {
  const filter = { unpublishedOf: 'nobody', deleted: false, author, tag } as const
  const newest = { by: 'publishedAt', descending: true } as const
  const rows = await listPostRows(readDb, filter, newest, { place: undefined, offset: 0, limit }, false)
  return rows.slice(0, limit)
}

const sightOf = (actor: Actor | undefined): Sight => {
  const scope = actor && scopeOf(actor, 'posts:read')
  if (actor === undefined || scope === undefined) return { unpublishedOf: 'nobody' }
  return { unpublishedOf: scope === 'any' ? 'everybody' : { userId: actor.userId } }
}

const findPage = async (readDb: ReadDb, filter: PostFilter, query: ListPosts, withBody: boolean) => {
  const { search } = filter
  const sort = query.sort ?? (search === undefined ? '-publishedAt' : 'relevance')
  if (sort !== 'relevance') return findSortedPage(readDb, filter, { ...query, sort }, withBody)
  if (search === undefined) throw invalidField('sort', 'without_q', 'Only a search has relevance.')
  const start = startOf(query, placeOf(query, sort, 'number'))
  const found = await rankPosts(readDb, { ...filter, search }, start)
  const total = query.total ? await countPosts(readDb, filter) : undefined
  const ids = found.slice(0, query.limit).map(({ id }) => id)
  const shown = ids.length === 0 ? [] : await listPostsByIds(readDb, filter, ids, withBody)
  const byId = new Map(shown.map((row) => [row.id, row]))
  return {
    // One that was deleted or withdrawn between the two statements is left out.
    rows: ids.flatMap((id) => byId.get(id) ?? []),
    page: pageAfter(found, { limit: query.limit, sort, total }, ({ rank }) => rank),
  }
}

const findSortedPage = async (
  readDb: ReadDb,
  filter: PostFilter,
  query: ListPosts & { sort: string },
  withBody: boolean,
) => {
  const { sort, limit } = query
  const by = sortOf(sort)
  const start = startOf(query, placeOf(query, sort, sortKinds[by]))
  const rows = await listPostRows(readDb, filter, { by, descending: sort.startsWith('-') }, start, withBody)
  const total = query.total ? await countPosts(readDb, filter) : undefined
  const page = pageAfter(rows, { limit, sort, total }, (row) => keyOf(row, by))
  return { rows: rows.slice(0, limit), page }
}

const startOf = ({ limit, offset = 0 }: ListPosts, place: Place | undefined) => ({ place, offset, limit })

const sortOf = (sort: string): PostSort => {
  const name = sort.replace('-', '')
  if (name === 'createdAt' || name === 'updatedAt' || name === 'title') return name
  return 'publishedAt'
}

const keyOf = (row: PostToView, by: PostSort): string => {
  if (by === 'title') return row.title
  return { publishedAt: row.sortAt, createdAt: row.createdAt, updatedAt: row.updatedAt }[by].toISOString()
}

const readWords = (readDb: ReadDb, q: string, language: ListPosts['language']) =>
  readQuery(readDb, q, language === undefined ? languages : [language], lastIsBegun(q))

/** The last word may go on, unless it ends a phrase or is one that posts must not have. */
const lastIsBegun = (q: string): boolean =>
  /(?:^|\s)[\p{L}\p{M}\p{N}]+$/u.test(q) && (q.match(/"/g)?.length ?? 0) % 2 === 0

/** By the id of the post. One that was deleted or withdrawn since it was found has none. */
const highlightsOf = async (readDb: ReadDb, filter: PostFilter & { search: Search }, rows: PostToView[]) => {
  const ids = rows.map(({ id }) => id)
  const highlights = ids.length === 0 ? [] : await highlightPosts(readDb, filter, ids)
  return new Map(highlights.map((highlight) => [highlight.id, viewHighlight(highlight)]))
}

const emptyPage = ({ limit, total }: ListPosts) => ({
  success: true as const,
  data: [],
  page: { nextCursor: null, limit, ...(total ? { total: 0 } : {}) },
})
