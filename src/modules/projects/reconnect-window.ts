import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { projects } from './projects.table.ts'

/** In SQL, the interval for which a stream of this project waits for its publisher. */
export const reconnectWindowOf = (projectId: PgColumn): SQL =>
  sql`(select make_interval(secs => project.reconnect_window_seconds) from ${projects} project
    where project.id = ${projectId})`
