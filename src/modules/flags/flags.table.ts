import { boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { createdAtColumn, updatedAtColumn } from '../../platform/database/columns.ts'
import type { FlagRule } from './evaluate-flag.ts'

export const flagTypes = ['boolean', 'string', 'number', 'json'] as const
export type FlagType = (typeof flagTypes)[number]

export const featureFlags = pgTable('feature_flags', {
  key: text('key').primaryKey(),
  type: text('type', { enum: flagTypes }).notNull(),
  description: text('description').notNull().default(''),
  /** While it is off everybody gets the default. */
  enabled: boolean('enabled').notNull().default(true),
  defaultValue: jsonb('default_value').$type<FlagRule['value']>().notNull(),
  /** The first that is for the caller decides. */
  rules: jsonb('rules').$type<FlagRule[]>().notNull().default([]),
  version: integer('version').notNull().default(1),
  changedBy: uuid('changed_by'),
  createdAt: createdAtColumn(),
  updatedAt: updatedAtColumn(),
})

export type FlagRow = typeof featureFlags.$inferSelect
