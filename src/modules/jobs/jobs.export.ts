import type { ExportResource } from '../exports/resource.ts'

export const jobsExport: ExportResource = {
  permission: 'jobs:read',
  table: 'jobs',
  ownerColumn: 'owner_id',
  columns: [
    { name: 'id', type: 'uuid', sql: 'id' },
    { name: 'ownerId', type: 'uuid', sql: 'owner_id' },
    { name: 'type', type: 'text', sql: 'type' },
    { name: 'queue', type: 'text', sql: 'queue' },
    { name: 'status', type: 'text', sql: 'status' },
    { name: 'attempts', type: 'integer', sql: 'attempt' },
    { name: 'errorCode', type: 'text', sql: 'error_code' },
    { name: 'errorMessage', type: 'text', sql: 'error_message' },
    { name: 'createdAt', type: 'timestamp', sql: 'created_at' },
    { name: 'startedAt', type: 'timestamp', sql: 'started_at' },
    { name: 'finishedAt', type: 'timestamp', sql: 'finished_at' },
  ],
}
