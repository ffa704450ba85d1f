import type { ExportResource } from '../exports/resource.ts'

export const filesExport: ExportResource = {
  permission: 'files:read',
  table: 'files',
  ownerColumn: 'owner_id',
  visible: 'deleted_at is null and owner_id is not null',
  columns: [
    { name: 'id', type: 'uuid', sql: 'id' },
    { name: 'ownerId', type: 'uuid', sql: 'owner_id' },
    { name: 'kind', type: 'text', sql: 'kind' },
    { name: 'name', type: 'text', sql: 'name' },
    { name: 'status', type: 'text', sql: 'status' },
    { name: 'contentType', type: 'text', sql: 'content_type' },
    { name: 'sizeBytes', type: 'bigint', sql: 'size_bytes' },
    { name: 'sha256', type: 'text', sql: 'sha256' },
    { name: 'createdAt', type: 'timestamp', sql: 'created_at' },
    { name: 'updatedAt', type: 'timestamp', sql: 'updated_at' },
  ],
}
