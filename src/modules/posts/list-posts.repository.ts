import {
  and,
  arrayContains,
  asc,
  desc,
  eq,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import type { ReadDb } from '../../platform/database/database.ts'
import type { Place } from '../../platform/http/sorted-paging.ts'
import type { Language } from './languages.ts'
import { postColumns } from './posts.repository.ts'
import type { PostSort, PostToView } from './posts.schema.ts'
import { type PostStatus, posts } from './posts.table.ts'

/** Whose unpublished posts may be seen: nobody's, one user's, or everybody's. */
export type Sight = { unpublishedOf: 'nobody' | 'everybody' | { userId: string } }

export type PostFilter = Sight & {
  author?: string | undefined
  tag?: string | undefined
  language?: Language | undefined
  status?: PostStatus | undefined
  published?: boolean | undefined
  deleted: boolean
  from?: Date | undefined
  to?: Date | undefined
  search?: Search | undefined
}

/** Words to search for, as PostgreSQL's queries (`tsquery`). */
export type Search = {
  /** Finds whatever one of the languages finds, and more: a word is none in a language that leaves it out. */
  any: string
  /** What a post is to match: the query in its own language, in a JSON object by language. */
  byLanguage: string
}

export type Order = { by: PostSort; descending: boolean }
export type PageStart = { place: Place | undefined; offset: number; limit: number }

const sortColumns = {
  publishedAt: posts.sortAt,
  createdAt: posts.createdAt,
  updatedAt: posts.updatedAt,
  title: posts.title,
} as const

/** As SQL and not as a parameter, so that every plan can use the index of published posts alone. */
export const isPublished = sql`${posts.status} = 'published'`
const isUnpublished = sql`${posts.status} <> 'published'`

const isVisible = ({
  unpublishedOf,
  deleted,
  published,
  status = 'published',
}: PostFilter): SQL | undefined => {
  if (unpublishedOf === 'everybody') return undefined
  const isOwn = unpublishedOf === 'nobody' ? sql`false` : eq(posts.authorId, unpublishedOf.userId)
  if (deleted || published === false || status !== 'published') return isOwn
  return unpublishedOf === 'nobody' ? isPublished : or(isPublished, isOwn)
}

const hasStatus = ({ status, published }: Pick<PostFilter, 'status' | 'published'>): (SQL | undefined)[] => [
  published === undefined ? undefined : published ? isPublished : isUnpublished,
  status === undefined
    ? undefined
    : status === 'published'
      ? isPublished
      : and(isUnpublished, eq(posts.status, status)),
]

export const matches = (filter: PostFilter): SQL | undefined =>
  and(
    filter.deleted ? isNotNull(posts.deletedAt) : isNull(posts.deletedAt),
    isVisible(filter),
    ...hasStatus(filter),
    filter.author === undefined ? undefined : eq(posts.authorId, filter.author),
    filter.tag === undefined ? undefined : arrayContains(posts.tags, [filter.tag]),
    filter.language === undefined ? undefined : eq(posts.language, filter.language),
    filter.from === undefined ? undefined : gte(posts.sortAt, filter.from),
    filter.to === undefined ? undefined : lt(posts.sortAt, filter.to),
    filter.search && isFound(filter.search),
  )

/** In the words of its own language. Null for a language that none of the words belongs to. */
export const ownQuery = ({ byLanguage }: Search): SQL =>
  sql`(${byLanguage}::jsonb ->> ${posts.language})::tsquery`

/** The first half is for the index, the second one for the truth. */
const isFound = (search: Search): SQL =>
  sql`${posts.search} @@ ${search.any}::tsquery and post_matches(${posts.search}, ${ownQuery(search)})`

const { body: _, ...columnsButBody } = postColumns

const columnsOf = (withBody: boolean) => (withBody ? postColumns : columnsButBody)

/** One more than `limit`, so that the caller sees whether there is a next page. */
export const listPosts = (
  db: ReadDb,
  filter: PostFilter,
  order: Order,
  { place, offset, limit }: PageStart,
  withBody: boolean,
): Promise<PostToView[]> => {
  const { isBehind, orderBy } = pageOf(order, place, limit)
  return db
    .select(columnsOf(withBody))
    .from(posts)
    .where(and(matches(filter), isBehind))
    .orderBy(...orderBy)
    .offset(offset)
}

/**
 * What makes a page of a list, one row longer than `limit`. The limit is a part of the text: of one that comes as a parameter
 * the planner knows nothing in a prepared statement, so that it would plan that anew each time.
 */
export const pageOf = (
  { by, descending }: Order,
  place: { key: unknown; id: unknown } | undefined,
  limit: number,
) => {
  const key = sortColumns[by]
  const [direction, behind] = descending ? [desc, sql`<`] : [asc, sql`>`]
  return {
    key,
    isBehind: place && sql`(${key}, ${posts.id}) ${behind} (${place.key}, ${place.id}::uuid)`,
    orderBy: [direction(key), sql`${direction(posts.id)} limit ${sql.raw(String(limit + 1))}`],
  }
}

/**
 * Those of these posts that the filter still lets through, in no order: between the statement that found them and this one, a
 * post may have been withdrawn.
 */
export const listPostsByIds = (
  db: ReadDb,
  filter: PostFilter,
  ids: string[],
  withBody: boolean,
): Promise<PostToView[]> =>
  db
    .select(columnsOf(withBody))
    .from(posts)
    .where(and(inArray(posts.id, ids), matches(filter)))

export const countPosts = (db: ReadDb, filter: PostFilter): Promise<number> =>
  db.$count(posts, matches(filter))
