import type pg from 'pg'
import { languages } from '../../src/modules/posts/languages.ts'
import { renderMarkdown } from '../../src/modules/posts/markdown/render-markdown.ts'

const listed = `id, author_id as "authorId", title, slug, excerpt, tags, language, cover_file_id as "coverFileId",
  case when cover_file_id is not null then '/v1/posts/' || id || '/cover' end as "coverUrl",
  status, published_at as "publishedAt", version, created_at as "createdAt", updated_at as "updatedAt"`
const whole = `${listed}, body`

export const getPost = async (pool: pg.Pool, id: string) => {
  const text = `select ${whole} from posts where id = $1 and status = 'published' and deleted_at is null`
  const { rows } = await pool.query({ name: 'get_post', text, values: [id] })
  return rows[0]
}

const firstPage = ['-publishedAt', '9999-01-01T00:00:00Z', 'ffffffff-ffff-ffff-ffff-ffffffffffff']

export const listPosts = async (pool: pg.Pool, query: URLSearchParams) => {
  const limit = Number(query.get('limit') ?? 20)
  const cursor = query.get('cursor')
  const [, key, id] = cursor === null ? firstPage : JSON.parse(Buffer.from(cursor, 'base64url').toString())
  const text = `select ${listed} from posts
    where status = 'published' and deleted_at is null and (sort_at, id) < ($1, $2)
    order by sort_at desc, id desc limit $3`
  const { rows } = await pool.query({ name: 'list_posts', text, values: [key, id, limit + 1] })
  const data = rows.slice(0, limit)
  const last = rows.length > limit ? data.at(-1) : undefined
  return {
    data,
    page: { nextCursor: last ? cursorOf('-publishedAt', last.publishedAt, last.id) : null, limit },
  }
}

const cursorOf = (sort: string, key: Date | number, id: string) =>
  Buffer.from(JSON.stringify([sort, key, id])).toString('base64url')

/** In every language at once, the last word begun, as Backlot reads a query; in one statement. */
const search = `
  with words as (
    select websearch_to_tsquery(('pg_catalog.' || language)::regconfig, $1)::text as word, language
    from unnest($2::text[]) as language
  ), query as materialized (
    select string_agg(distinct '(' || word || ' | ' || word || ':*)', ' | ')::tsquery as any,
      jsonb_object_agg(language, word || ':*') as by_language
    from words where word <> ''
  ), candidate as (
    select id, search, (by_language ->> language)::tsquery as query
    from posts, query
    where search @@ "any" and post_matches(search, (by_language ->> language)::tsquery)
      and status = 'published' and deleted_at is null
    order by sort_at desc, id desc limit 1000
  ), found as (
    select id, query, ts_rank_cd(search, query, 1)::float8 as rank from candidate order by rank desc, id desc limit $3
  )
  select ${listed}, rank,
    ts_headline(('pg_catalog.' || language)::regconfig, title, query,
      'StartSel=<mark>,StopSel=</mark>,HighlightAll=true') as "markedTitle",
    ts_headline(('pg_catalog.' || language)::regconfig, excerpt || E'\\n' || left(body, 20000), query,
      'StartSel=<mark>,StopSel=</mark>,MaxFragments=2,MaxWords=30,MinWords=10,FragmentDelimiter= … ') as "markedText"
  from found join posts using (id) order by rank desc, id desc`

export const searchPosts = async (pool: pg.Pool, query: URLSearchParams) => {
  const limit = Number(query.get('limit') ?? 20)
  const { rows } = await pool.query({
    name: 'search_posts',
    text: search,
    values: [query.get('q'), languages, limit + 1],
  })
  const data = rows.slice(0, limit).map(({ rank: _, markedTitle, markedText, ...post }) => ({
    ...post,
    highlight: { title: markedTitle, text: markedText },
  }))
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { data, page: { nextCursor: last ? cursorOf('relevance', last.rank, last.id) : null, limit } }
}

type Input = { title: string; body: string; tags?: string[]; status?: string; excerpt?: string }

export const createPost = async (pool: pg.Pool, authorId: string, input: Input) => {
  const { title, body, tags = [], status = 'draft' } = input
  const slug = title.toLowerCase().replaceAll(/[^a-z\d]+/g, '-')
  const { rows } = await pool.query({
    name: 'create_post',
    text: `insert into posts (author_id, title, slug, body, excerpt, excerpt_given, tags, language, status, published_at)
      values ($1, $2, $3, $4, $5, false, $6, 'english', $7, $8) returning ${whole}`,
    values: [
      authorId,
      title,
      slug,
      body,
      renderMarkdown(body).text,
      tags,
      status,
      status === 'published' ? new Date() : null,
    ],
  })
  return rows[0]
}

export const changePost = async (pool: pg.Pool, id: string | undefined, { excerpt }: Input) => {
  const { rows } = await pool.query({
    name: 'change_post',
    text: `update posts set excerpt = $2, excerpt_given = true, version = version + 1, updated_at = now()
      where id = $1 returning ${whole}`,
    values: [id, excerpt],
  })
  return rows[0]
}
