import pg from 'pg'

const postsEach = 20
const bodyWords = 140
/** So many that each is in about one post of a hundred. */
const vocabulary = 14_000

/** Syllables of a number, and an ending that the languages' stemmers leave as it is. */
const wordOf = (n: string) =>
  `(select string_agg(substr('bdfgklmprt', 1 + part % 10, 1) || substr('aou', 1 + (part / 10) % 3, 1), '' order by place) || 'mp'
    from (values (0, ${n} % 30), (1, (${n} / 30) % 30), (2, (${n} / 900) % 30)) as syllable (place, part))`

/** Published posts of every user, of about one kilobyte, over a thousand days. */
const insertion = `
  with word as materialized (select array_agg(${wordOf('n')} order by n) as words from generate_series(0, $3::int - 1) as n)
  insert into posts (author_id, title, slug, body, excerpt, excerpt_given, tags, language, status, published_at,
    created_at, updated_at)
  select users.id, 'Number ' || n || ' of ' || users.email, 'post-' || n || '-' || users.id,
    E'## Number ' || n || E'\\n\\n' || text.words || E'\\n\\n- *one*\\n- [two](https://example.com/)\\n',
    left(text.words, 200), false, array['tag' || n, 'group' || n % 5], 'english', 'published', at, at, at
  from users, generate_series(1, $1::int) as n,
    lateral (select '2022-01-01Z'::timestamptz
      + (abs(hashtext(users.id::text || n)::bigint) % 86400000) * interval '1 second' as at) as moment,
    lateral (select string_agg(words[1 + abs(hashtext(users.id::text || n || k)::bigint) % $3::int], ' ') as words
      from word, generate_series(1, $2::int) as k) as text`

export type BenchPosts = {
  /** In the order of the list, newest first. */
  published: { id: string; authorId: string; publishedAt: Date }[]
  words: string[]
}

/** By SQL and not over HTTP, because a hundred times as many take a hundred times as long. */
export const addPosts = async (databaseUrl: string): Promise<BenchPosts> => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(insertion, [postsEach, bodyWords, vocabulary])
    await client.query('vacuum analyze posts')
    const { rows: published } = await client.query<BenchPosts['published'][number]>(
      'select id, author_id as "authorId", published_at as "publishedAt" from posts order by sort_at desc, id desc',
    )
    const { rows } = await client.query<{ word: string }>(
      `select ${wordOf('n')} as word from generate_series(0, $1::int - 1, 7) as n order by random() limit 1000`,
      [vocabulary],
    )
    return { published, words: rows.map(({ word }) => word) }
  } finally {
    await client.end()
  }
}
