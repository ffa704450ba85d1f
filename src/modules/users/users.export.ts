import type { ExportResource } from '../exports/resource.ts'

export const usersExport: ExportResource = {
  permission: 'users:read',
  table: 'users',
  ownerColumn: 'id',
  columns: [
    { name: 'id', type: 'uuid', sql: 'id' },
    { name: 'email', type: 'text', sql: 'email' },
    { name: 'name', type: 'text', sql: 'name' },
    { name: 'role', type: 'text', sql: 'role' },
    { name: 'emailVerified', type: 'boolean', sql: 'email_verified_at is not null' },
    { name: 'disabled', type: 'boolean', sql: 'disabled_at is not null' },
    {
      name: 'signInProviders',
      type: 'text',
      sql: "(select string_agg(provider, ',' order by provider) from identities where identities.user_id = users.id)",
    },
    { name: 'createdAt', type: 'timestamp', sql: 'created_at' },
    { name: 'updatedAt', type: 'timestamp', sql: 'updated_at' },
  ],
}
