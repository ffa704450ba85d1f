import type pg from 'pg'
import type { Statement } from './statements.ts'

/** How PostgreSQL reads each table for a statement, such as `Seq Scan on posts`; what can show nothing reads nothing. */
export const scansOf = async (client: pg.Client, { text, values }: Statement): Promise<string[]> => {
  const { rows } = await client.query(`explain ${text}`, values)
  return rows
    .map((row) => String(row['QUERY PLAN']))
    .flatMap(
      (line) => /(\w+ Scan (?:Backward )?(?:using \w+ )?on \w+|One-Time Filter: false)/.exec(line)?.[1] ?? [],
    )
}
