import type pg from 'pg'

export const authors = 100
/** In every second post, in every hundredth, and in about every fifty-thousandth. */
export const words = { common: 'harbour', middling: 'lighthouse', rare: 'rare17' }

/**
 * Fills the table of posts, faster than one by one: of a hundred authors, in a thousand days, two thirds of them published.
 * Indexes are made when the rows are there.
 */
export const fillPosts = async (client: pg.Client | pg.PoolClient, count: number): Promise<void> => {
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
     where tablename = 'posts' and indexname not in ('posts_pkey', 'posts_slug')`,
  )
  await client.query(
    `set statement_timeout = 0; set maintenance_work_mem = '512MB'; set synchronous_commit = off`,
  )
  for (const { name } of indexes) await client.query(`drop index ${name}`)
  await client.query(insertion, [count, authors])
  for (const { definition } of indexes) await client.query(definition)
  await client.query('vacuum analyze posts')
}

const insertion = `
  with author as (
    insert into users (email, name)
    select 'author-' || n || '@example.com', 'Author ' || n from generate_series(1, $2::int) as n returning id
  ), authors as (select array_agg(id) as ids from author)
  insert into posts (author_id, title, slug, body, excerpt, excerpt_given, tags, language, status, published_at,
    created_at, updated_at)
  select ids[1 + n % $2::int],
    'Number ' || hashint4(n) || ' of ' || n, 'post-' || n,
    'Words ' || case when n % 2 = 0 then '${words.common} ' else '' end
      || case when n % 100 = 0 then '${words.middling} ' else '' end || 'rare' || n % 50000 || ' '
      || (select string_agg('w' || (abs(hashint4(n * 20 + k)::bigint) % 20000), ' ') from generate_series(1, 20) as k),
    'Words of post ' || n, false,
    array['tag' || n % 1000, 'group' || n % 5], case when n % 10 = 0 then 'german' else 'english' end,
    case when n % 3 < 2 then 'published' when n % 6 < 3 then 'draft' else 'scheduled' end,
    case when n % 3 = 2 and n % 6 < 3 then null else moment.at end, moment.at, moment.at
  from authors, generate_series(1, $1::int) as n,
    lateral (select '2020-01-01Z'::timestamptz + (abs(hashint4(n)::bigint) % 86400000) * interval '1 second' as at) as moment`
