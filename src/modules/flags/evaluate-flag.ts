import { createHash } from 'node:crypto'
import { type ResolutionReason, StandardResolutionReasons } from '@openfeature/server-sdk'

export type FlagValue = boolean | number | string | unknown[] | Record<string, unknown>

/** Whom a value is for: all that is given has to hold. `percentage`: of all users, from 0 to 100. */
export type FlagRule = {
  users?: string[] | undefined
  roles?: string[] | undefined
  percentage?: number | undefined
  value: FlagValue
}
export type Flag = { key: string; enabled: boolean; defaultValue: FlagValue; rules: FlagRule[] }
export type FlagContext = { userId?: string | undefined; role?: string | undefined }

/** The value of a flag for somebody, and why it is that. A pure function: the same for the same. */
export const evaluateFlag = (
  { key, enabled, defaultValue, rules }: Flag,
  context: FlagContext,
): { value: FlagValue; reason: ResolutionReason } => {
  const { DISABLED, STATIC, DEFAULT, SPLIT, TARGETING_MATCH } = StandardResolutionReasons
  if (!enabled) return { value: defaultValue, reason: DISABLED }
  const rule = rules.find((candidate) => isFor(key, candidate, context))
  if (rule === undefined) return { value: defaultValue, reason: rules.length === 0 ? STATIC : DEFAULT }
  return { value: rule.value, reason: rule.percentage === undefined ? TARGETING_MATCH : SPLIT }
}

const isFor = (
  key: string,
  { users, roles, percentage }: FlagRule,
  { userId, role }: FlagContext,
): boolean => {
  if (users !== undefined && (userId === undefined || !users.includes(userId))) return false
  if (roles !== undefined && (role === undefined || !roles.includes(role))) return false
  return percentage === undefined || (userId !== undefined && placeOf(key, userId) < percentage)
}

/**
 * Where a user stands among all, from 0 to below 100: the same in every process and for ever, and another for each flag. Who is within
 * ten percent is within twenty too.
 */
const placeOf = (key: string, userId: string): number => {
  const hash = createHash('sha256').update(key).update('\0').update(userId).digest()
  return (hash.readUInt32BE() / 2 ** 32) * 100
}
