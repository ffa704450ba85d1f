import { z } from 'zod'
import { pageQuery } from '../../platform/http/paging.ts'
import { instantField } from '../../platform/http/sorted-paging.ts'
import { actions } from './actions.ts'
import { type AuditRow, actorKinds, outcomes } from './audit.table.ts'
import { type Head, headText } from './seal.ts'

const shortText = z.string().min(1).max(200)

export const auditQuery = pageQuery.extend({
  actorId: z.uuid().optional().describe('A user, himself or by a key of his.'),
  actorKind: z.enum(actorKinds).optional(),
  keyId: z.uuid().optional().describe('An API key.'),
  action: z.enum(actions).optional(),
  targetType: shortText.optional().describe('Such as `user`, `post`, `api-key`.'),
  targetId: shortText.optional(),
  outcome: z.enum(outcomes).optional(),
  ip: z.union([z.ipv4(), z.ipv6()]).optional(),
  from: instantField.optional(),
  to: instantField.optional().describe('Before this instant.'),
})
export type AuditQuery = z.infer<typeof auditQuery>

const actSchema = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  action: z.string().describe('`resource:verb`.'),
  outcome: z.enum(outcomes),
  targetType: z.string().nullable(),
  targetId: z.string().nullable(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
})

export const auditEntrySchema = actSchema
  .extend({
    actorKind: z.enum(actorKinds),
    actorId: z.uuid().nullable().describe('The user, also where a key of his acted.'),
    apiKeyId: z.uuid().nullable(),
    requestId: z.string().nullable().describe('As in the log and in the header of the answer.'),
  })
  .meta({ id: 'AuditEntry' })

export const activitySchema = actSchema
  .extend({
    by: z
      .enum(['you', 'your-api-key', 'somebody', 'backlot'])
      .describe('Of what others do, address and browser are not told, unless they tried to sign in as you.'),
    apiKeyId: z.uuid().nullable(),
  })
  .meta({ id: 'Activity' })

export const auditHeadSchema = z.object({
  head: z.string().describe('To be kept elsewhere, for `backlot audit verify --head`.'),
  seals: z.int().describe('How many entries there have been, removed ones included.'),
  waiting: z.int().describe('Entries that wait for their seal.'),
})

export const viewHead = (head: Head, waiting: number) => ({ head: headText(head), seals: head.seq, waiting })

const viewAct = ({ id, at, action, outcome, targetType, targetId, ip, userAgent, details }: AuditRow) => ({
  ...{ id, at: at.toISOString(), action, outcome, targetType, targetId, ip, userAgent, details },
})

export const viewEntry = (row: AuditRow) => {
  const { actorKind, actorId, apiKeyId, requestId } = row
  return { ...viewAct(row), actorKind, actorId, apiKeyId, requestId }
}

/** What a user sees of what he did and of what was done to his account. */
export const viewActivity = (userId: string) => (row: AuditRow) => {
  const isOwn = row.actorId === userId
  const act = viewAct(row)
  if (isOwn) {
    return {
      ...act,
      by: row.apiKeyId === null ? ('you' as const) : ('your-api-key' as const),
      apiKeyId: row.apiKeyId,
    }
  }
  const by = row.actorKind === 'system' ? ('backlot' as const) : ('somebody' as const)
  const hidden = row.actorKind === 'anonymous' ? {} : { ip: null, userAgent: null }
  return { ...act, ...hidden, by, apiKeyId: null }
}
