import type { ExportResource } from '../exports/resource.ts'

export const auditExport: ExportResource = {
  permission: 'audit:read',
  table: 'audit_log left join audit_seals on entry_id = id',
  ownerColumn: 'actor_id',
  columns: [
    { name: 'id', type: 'uuid', sql: 'id' },
    { name: 'at', type: 'timestamp', sql: 'at' },
    { name: 'actorKind', type: 'text', sql: 'actor_kind' },
    { name: 'actorId', type: 'uuid', sql: 'actor_id' },
    { name: 'apiKeyId', type: 'uuid', sql: 'api_key_id' },
    { name: 'action', type: 'text', sql: 'action' },
    { name: 'targetType', type: 'text', sql: 'target_type' },
    { name: 'targetId', type: 'text', sql: 'target_id' },
    { name: 'outcome', type: 'text', sql: 'outcome' },
    { name: 'ip', type: 'text', sql: 'ip' },
    { name: 'userAgent', type: 'text', sql: 'user_agent' },
    { name: 'requestId', type: 'text', sql: 'request_id' },
    { name: 'details', type: 'json', sql: 'details::json' },
    { name: 'seal', type: 'bigint', sql: 'seq' },
    { name: 'hash', type: 'text', sql: "encode(hash, 'hex')" },
  ],
}
