import { sql } from 'drizzle-orm'
import { customType, timestamp, uuid } from 'drizzle-orm/pg-core'

/** Primary key: a UUIDv7 (RFC 9562, 5.7) made by the database, so that ids sort by creation. */
export const idColumn = () => uuid('id').primaryKey().default(sql`uuid_v7()`)

/** An instant, millisecond precision in JavaScript, microsecond in the database. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

export const createdAtColumn = () => instant('created_at').notNull().defaultNow()
export const updatedAtColumn = () =>
  instant('updated_at')
    .notNull()
    .defaultNow()
    .$onUpdate(() => new Date())

/** Bytes as they are, such as a sealed text. */
export const bytesColumn = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })
