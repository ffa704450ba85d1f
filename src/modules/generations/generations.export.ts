import type { ExportResource } from '../exports/resource.ts'

export const generationsExport: ExportResource = {
  permission: 'generations:read',
  table: 'generations',
  ownerColumn: 'owner_id',
  columns: [
    { name: 'id', type: 'uuid', sql: 'id' },
    { name: 'ownerId', type: 'uuid', sql: 'owner_id' },
    { name: 'status', type: 'text', sql: 'status' },
    { name: 'prompt', type: 'text', sql: 'prompt' },
    { name: 'style', type: 'text', sql: 'style' },
    { name: 'seed', type: 'bigint', sql: 'seed' },
    { name: 'strength', type: 'double', sql: 'strength::text::double precision' },
    { name: 'width', type: 'integer', sql: 'width' },
    { name: 'height', type: 'integer', sql: 'height' },
    { name: 'provider', type: 'text', sql: 'provider' },
    { name: 'model', type: 'text', sql: 'model' },
    { name: 'durationMs', type: 'integer', sql: 'duration_ms' },
    { name: 'errorCode', type: 'text', sql: 'error_code' },
    { name: 'errorMessage', type: 'text', sql: 'error_message' },
    { name: 'createdAt', type: 'timestamp', sql: 'created_at' },
    { name: 'updatedAt', type: 'timestamp', sql: 'updated_at' },
  ],
}
