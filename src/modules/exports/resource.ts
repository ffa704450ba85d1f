import type { Column } from '../../platform/rows/column.ts'
import type { Permission } from '../auth/permissions.ts'

/** Things of another module that can be exported: what they are read from, and what of them may be seen. */
export type ExportResource = {
  permission: Permission
  /** A table or view of the database. */
  table: string
  /** The column that says whose a row is. */
  ownerColumn: string
  /** Rows that nobody may see are left out, as SQL. */
  visible?: string
  columns: (Column & { sql: string })[]
}
