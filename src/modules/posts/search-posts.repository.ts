import { and, desc, inArray, sql } from 'drizzle-orm'
import { onlyRow, type ReadDb } from '../../platform/database/database.ts'
import type { Language } from './languages.ts'
import { matches, ownQuery, type PageStart, type PostFilter, type Search } from './list-posts.repository.ts'
import { posts } from './posts.table.ts'

const configurationOf = (language: unknown) => sql`('pg_catalog.' || ${language})::regconfig`

/**
 * Reads words as PostgreSQL's queries, in each of the languages: `websearch_to_tsquery` takes every text. Undefined when no word is left, such as of articles alone.
 * @param lastIsBegun whether the last word may go on
 */
export const readQuery = async (
  db: ReadDb,
  words: string,
  languages: readonly Language[],
  lastIsBegun: boolean,
): Promise<Search | undefined> => {
  const read = sql`websearch_to_tsquery(${configurationOf(sql`language`)}, ${words})::text`
  const begun = sql`case when ${lastIsBegun} and ${read} like '%''' then ${read} || ':*' else ${read} end`
  const rows = await db
    .select({
      any: sql<string | null>`string_agg(distinct '(' || ${begun} || ')', ' | ')`,
      byLanguage: sql<string | null>`jsonb_object_agg(language, ${begun})::text`,
    })
    .from(sql`unnest(${sql.param(languages)}::text[]) as language`)
    .where(sql`${read} <> ''`)
  const { any, byLanguage } = onlyRow(rows)
  return any === null || byLanguage === null ? undefined : { any, byLanguage }
}

/** Only so many matches are ranked, the newest: what a search costs does not grow with what there is. */
const mostRanked = 1_000

/** Ids by how well they match, one more than `limit`. */
export const rankPosts = (
  db: ReadDb,
  filter: PostFilter & { search: Search },
  { place, offset, limit }: PageStart,
): Promise<{ id: string; rank: number }[]> => {
  const candidates = db
    .select({ id: posts.id, search: posts.search, query: ownQuery(filter.search).as('query') })
    .from(posts)
    .where(matches(filter))
    .orderBy(desc(posts.sortAt), desc(posts.id))
    .limit(mostRanked)
    .as('candidates')
  // Divided by the logarithm of the length: long posts have more of everything.
  const rank = sql<number>`ts_rank_cd(${candidates.search}, ${candidates.query}, 1)::float8`
  const ranked = db
    .select({ id: candidates.id, rank: rank.as('rank') })
    .from(candidates)
    .as('ranked')
  return db
    .select({ id: ranked.id, rank: ranked.rank })
    .from(ranked)
    .where(and(place && sql`(${ranked.rank}, ${ranked.id}) < (${place.key}::float8, ${place.id}::uuid)`))
    .orderBy(desc(ranked.rank), desc(ranked.id))
    .offset(offset)
    .limit(limit + 1)
}

/** What begins and ends a word that was found. Characters of the private use area, which are taken out of the text before. */
export const marks = { start: '\ue000', stop: '\ue001' }
const highlightedCharacters = 20_000

export type Highlight = { id: string; title: string; text: string }

/**
 * The title and pieces of the text of those of these posts that the filter still lets through, with `marks` in them, as text
 * and not as HTML.
 */
export const highlightPosts = (
  db: ReadDb,
  filter: PostFilter & { search: Search },
  ids: string[],
): Promise<Highlight[]> => {
  const marked = (text: unknown, options: string) =>
    sql<string>`ts_headline(${configurationOf(posts.language)}, translate(${text}, ${`${marks.start}${marks.stop}`}, ''),
      ${ownQuery(filter.search)}, ${`StartSel=${marks.start},StopSel=${marks.stop},${options}`})`
  return db
    .select({
      id: posts.id,
      title: marked(posts.title, 'HighlightAll=true'),
      text: marked(
        sql`${posts.excerpt} || E'\n' || left(${posts.body}, ${highlightedCharacters})`,
        'MaxFragments=2,MaxWords=30,MinWords=10,FragmentDelimiter= … ',
      ),
    })
    .from(posts)
    .where(and(inArray(posts.id, ids), matches(filter)))
}
