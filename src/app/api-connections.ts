import type { Config } from '../platform/config/config.ts'

/** Besides the pool: for reads, for sessions, to listen (docs/operations.md). */
const besidesPool = 14

/** The connections to the database that the api processes after the first may take. */
export const connectionsOfMoreApis = ({ http, database }: Config): number =>
  (http.processes - 1) * (database.poolMax + besidesPool)
