import { sql } from 'drizzle-orm'
import type { Executor, Tx } from '../../platform/database/database.ts'
import { preparedSql } from '../../platform/database/prepared.ts'
import { type ActedBy, currentOrigin } from './act-origin.ts'
import type { Action } from './actions.ts'
import { auditLog, type Outcome } from './audit.table.ts'
import { boundDetails } from './bound-details.ts'

/** Something that somebody did. `by`: who, where the request does not say, as at a sign-in. */
export type Act = {
  action: Action
  target?: { type: string; id: string } | undefined
  /** Facts without secrets, names and addresses of people: ids, counts, names of fields. */
  details?: Record<string, unknown>
  by?: ActedBy
}

const given = sql.placeholder

const insert = preparedSql(
  'record_act',
  sql`
    insert into ${auditLog} (actor_kind, actor_id, api_key_id, action, target_type, target_id, outcome,
      ip, user_agent, request_id, details)
    values (${given('kind')}, ${given('userId')}, ${given('keyId')}, ${given('action')}, ${given('targetType')},
      ${given('targetId')}, ${given('outcome')}, ${given('ip')}, ${given('userAgent')}, ${given('requestId')},
      ${given('details')}::jsonb)`,
)

/** Notes what was done, in the transaction that does it: both are stored, or neither. */
export const recordAct = (tx: Tx, act: Act): Promise<void> => writeAct(tx, act, 'success')

/** The same for what was tried in vain, of which nothing else is stored. See `failureRecorder`, which bounds it. */
export const writeAct = async (executor: Executor, act: Act, outcome: Outcome): Promise<void> => {
  const origin = currentOrigin()
  const by = act.by ?? origin?.by() ?? { kind: 'system' }
  await insert(executor, {
    kind: by.kind,
    userId: by.userId ?? null,
    keyId: by.keyId ?? null,
    action: act.action,
    targetType: act.target?.type ?? null,
    targetId: act.target?.id ?? null,
    outcome,
    ip: origin?.ip ?? null,
    userAgent: origin?.userAgent ?? null,
    requestId: origin?.requestId ?? null,
    details: JSON.stringify(boundDetails(act.details ?? {})),
  })
}

/** A user, as what was acted on. */
export const userTarget = (id: string) => ({ type: 'user', id })
