import type { ExportResource } from '../exports/resource.ts'

export const postsExport: ExportResource = {
  permission: 'posts:read',
  table: 'posts',
  ownerColumn: 'author_id',
  visible: 'deleted_at is null',
  columns: [
    { name: 'id', type: 'uuid', sql: 'id' },
    { name: 'authorId', type: 'uuid', sql: 'author_id' },
    { name: 'title', type: 'text', sql: 'title' },
    { name: 'slug', type: 'text', sql: 'slug' },
    { name: 'excerpt', type: 'text', sql: 'excerpt' },
    { name: 'body', type: 'text', sql: 'body' },
    { name: 'tags', type: 'text', sql: "array_to_string(tags, ',')" },
    { name: 'language', type: 'text', sql: 'language' },
    { name: 'status', type: 'text', sql: 'status' },
    { name: 'publishedAt', type: 'timestamp', sql: 'published_at' },
    { name: 'version', type: 'integer', sql: 'version' },
    { name: 'createdAt', type: 'timestamp', sql: 'created_at' },
    { name: 'updatedAt', type: 'timestamp', sql: 'updated_at' },
  ],
}
