import { type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../platform/database/database.ts'
import type { UsageFigure, UsageScope, UsageSection } from './usage.ts'

/** Of more than these the smallest are added up as one: a report has the same bounds for every account. */
const mostNames = 20
const mostSeries = 8
const statementTimeoutMs = 60_000

export type FigureValues = {
  caption: string
  unit: UsageFigure['unit']
  by: UsageFigure['by']
  /** The largest first. One with an empty name is the only one. */
  series: { name: string; total: number }[]
  /** By label, one for each of `series`. Names come the largest first, days in any order. */
  values: Map<string, number[]>
}

export type SectionValues = { title: string; figures: FigureValues[] }

type GatherOptions = {
  sections: UsageSection[]
  scope: UsageScope
  /** Called before each figure, with its caption. Throws to stop. */
  onFigure: (done: number, of: number, caption: string) => void
}

/** All figures of the sections, as they were at one moment. */
export const gatherUsage = (
  db: Db,
  { sections, scope, onFigure }: GatherOptions,
): Promise<SectionValues[]> => {
  const total = sections.reduce((sum, { figures }) => sum + figures.length, 0)
  let done = 0
  return db.transaction(
    async (tx) => {
      await tx.execute(sql`select set_config('statement_timeout', ${String(statementTimeoutMs)}, true)`)
      const gathered: SectionValues[] = []
      for (const { title, figures } of sections) {
        const values: FigureValues[] = []
        for (const figure of figures) {
          onFigure(done, total, figure.caption)
          values.push(await readFigure(tx, figure, scope))
          done += 1
        }
        gathered.push({ title, figures: values })
      }
      return gathered
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
}

const readFigure = async (tx: Tx, figure: UsageFigure, scope: UsageScope): Promise<FigureValues> => {
  const { rows } = await tx.execute<{ label: string; series: string; value: number }>(
    bounded(figure.select(scope), figure.by),
  )
  const totals = new Map<string, number>()
  for (const { series, value } of rows) totals.set(series, (totals.get(series) ?? 0) + value)
  const series = [...totals]
    .map(([name, total]) => ({ name, total }))
    .sort((a, b) => b.total - a.total || a.name.localeCompare(b.name, 'en'))
  const values = new Map<string, number[]>()
  for (const row of rows) {
    const cells = values.get(row.label) ?? series.map(() => 0)
    const at = series.findIndex(({ name }) => name === row.series)
    cells[at] = (cells[at] ?? 0) + row.value
    values.set(row.label, cells)
  }
  return { caption: figure.caption, unit: figure.unit, by: figure.by, series, values }
}

/** The rows of `usage`, added up where there are too many names or series. Days are as many as the period has. */
const bounded = (usage: SQL, by: UsageFigure['by']): SQL => {
  const place = (column: SQL) => sql`(
    select ${column} as name, sum(value) as total, row_number() over (order by sum(value) desc, ${column}) as place
    from usage group by ${column})`
  const label =
    by === 'day'
      ? sql`usage.label`
      : sql`case when labels.place <= ${mostNames} then usage.label else 'others' end`
  return sql`
    with usage as (${usage}), labels as ${place(sql`label`)}, kinds as ${place(sql`series`)}
    select ${label} as label, case when kinds.place < ${mostSeries} then usage.series else 'others' end as series,
      sum(usage.value)::float8 as value
    from usage join labels on labels.name = usage.label join kinds on kinds.name = usage.series
    group by 1, 2 order by min(case when labels.place <= ${mostNames} then labels.place else ${mostNames} + 1 end), 1, 2`
}
