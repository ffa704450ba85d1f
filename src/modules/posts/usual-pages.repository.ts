import { and, eq, isNull, or, type SQLWrapper, sql } from 'drizzle-orm'
import type { ReadDb } from '../../platform/database/database.ts'
import { preparedOn } from '../../platform/database/prepared.ts'
import type { Place } from '../../platform/http/sorted-paging.ts'
import { isPublished, type Order, pageOf, type Sight } from './list-posts.repository.ts'
import type { viewListedPost } from './posts.schema.ts'
import { posts } from './posts.table.ts'

/** The size of a page that does not ask for one. */
export const usualLimit = 20

/** A post as lists show it, as JSON, and by what it is sorted. */
export type WrittenPost = { id: string; key: Date | string; json: string }

const visibleTo = {
  nobody: isPublished,
  self: or(isPublished, eq(posts.authorId, sql.placeholder('userId'))),
  everybody: undefined,
}
type Reader = keyof typeof visibleTo

/** One more than a page of whatever the reader may see. */
export const listWrittenPosts = (
  db: ReadDb,
  { unpublishedOf }: Sight,
  order: Order,
  place: Place | undefined,
): Promise<WrittenPost[]> => {
  const isOwn = typeof unpublishedOf === 'object'
  const page = pageFor(isOwn ? 'self' : unpublishedOf, order, place !== undefined)
  return page(db).execute({ ...place, ...(isOwn && unpublishedOf) })
}

/** As `toISOString` writes it. */
const instant = (moment: SQLWrapper) =>
  sql`to_char(${moment} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const shown = {
  id: posts.id,
  authorId: posts.authorId,
  title: posts.title,
  slug: posts.slug,
  excerpt: posts.excerpt,
  tags: posts.tags,
  language: posts.language,
  coverFileId: posts.coverFileId,
  coverUrl: sql`case when ${posts.coverFileId} is not null then '/v1/posts/' || ${posts.id} || '/cover' end`,
  status: posts.status,
  publishedAt: instant(posts.publishedAt),
  version: posts.version,
  createdAt: instant(posts.createdAt),
  updatedAt: instant(posts.updatedAt),
} satisfies Record<keyof ReturnType<typeof viewListedPost>, SQLWrapper>

const named = Object.entries(shown).map(([name, value]) => sql`${value} as ${sql.identifier(name)}`)
const json = sql<string>`(select row_to_json(shown)::text from (select ${sql.join(named, sql`, `)}) as shown)`

/** Planning such a statement takes as long as running it, so each kind is planned once a connection. */
const preparePage = (name: string, reader: Reader, order: Order, isBehind: boolean) =>
  preparedOn((db: ReadDb) => {
    const place = isBehind ? { key: sql.placeholder('key'), id: sql.placeholder('id') } : undefined
    const page = pageOf(order, place, usualLimit)
    return db
      .select({ id: posts.id, key: page.key, json })
      .from(posts)
      .where(and(isNull(posts.deletedAt), visibleTo[reader], page.isBehind))
      .orderBy(...page.orderBy)
      .prepare(name)
  })

/** By name; there are no more than 48. */
const pages = new Map<string, ReturnType<typeof preparePage>>()

const pageFor = (reader: Reader, order: Order, isBehind: boolean) => {
  const direction = order.descending ? 'down' : 'up'
  const name = `posts_for_${reader}_by_${order.by}_${direction}${isBehind ? '_behind' : ''}`
  const page = pages.get(name) ?? preparePage(name, reader, order, isBehind)
  pages.set(name, page)
  return page
}
