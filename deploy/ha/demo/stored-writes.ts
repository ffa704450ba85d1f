import pg from 'pg'
import type { AcknowledgedPost } from './writers.ts'

const batchSize = 5_000
const timeoutMs = 30_000

export type Comparison = {
  /** Acknowledged, but not there, or not as it was sent. */
  lost: number
  /** Titles that more than one post has: one key that did its work twice. */
  doubled: number
  /** Of the writers, all in all. */
  stored: number
}

/** Compares what was acknowledged with what one server has stored. */
export const compareWithStored = async (
  url: string,
  acknowledged: AcknowledgedPost[],
): Promise<Comparison> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  })
  await client.connect()
  try {
    let lost = 0
    for (let at = 0; at < acknowledged.length; at += batchSize) {
      const batch = acknowledged.slice(at, at + batchSize)
      const { rows } = await client.query<{ lost: number }>(
        `SELECT count(*)::int AS lost FROM unnest($1::uuid[], $2::text[]) AS acknowledged (id, title)
         WHERE NOT EXISTS (SELECT FROM posts WHERE posts.id = acknowledged.id AND posts.title = acknowledged.title)`,
        [batch.map(({ id }) => id), batch.map(({ title }) => title)],
      )
      lost += rows[0]?.lost ?? 0
    }
    const { rows } = await client.query<{ stored: number; doubled: number }>(
      `SELECT coalesce(sum(copies), 0)::int AS stored, count(*) FILTER (WHERE copies > 1)::int AS doubled
       FROM (SELECT count(*) AS copies FROM posts WHERE title LIKE 'Writer %' GROUP BY title) AS titles`,
    )
    return { lost, doubled: rows[0]?.doubled ?? 0, stored: rows[0]?.stored ?? 0 }
  } finally {
    await client.end()
  }
}
