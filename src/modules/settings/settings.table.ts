import { integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { updatedAtColumn } from '../../platform/database/columns.ts'

/** Settings that were changed while Backlot runs. Those without a row are as the environment has them. */
export const runtimeSettings = pgTable('runtime_settings', {
  key: text('key').primaryKey(),
  value: jsonb('value').$type<boolean | number>().notNull(),
  version: integer('version').notNull().default(1),
  changedBy: uuid('changed_by'),
  updatedAt: updatedAtColumn(),
})

export type SettingRow = typeof runtimeSettings.$inferSelect
