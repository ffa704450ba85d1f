import { z } from 'zod'
import { roles } from '../auth/permissions.ts'
import { type FlagRow, type FlagType, flagTypes } from './flags.table.ts'

const longestValue = 8_000
const mostRules = 50
const mostUsers = 1_000

export const flagParams = z.object({
  key: z
    .string()
    .regex(
      /^[a-z][a-zA-Z0-9]*(?:[.-][a-zA-Z0-9]+)*$/,
      'Letters and digits, in parts set apart by dots or hyphens.',
    )
    .max(64),
})

const isObject = (value: unknown) => typeof value === 'object' && value !== null
const isOfType: Record<FlagType, (value: unknown) => boolean> = {
  boolean: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  json: isObject,
}

/** Not zod's own JSON, which refers to itself: the description of the API has no name for that. */
const anyValue = z.union([
  z.boolean(),
  z.number(),
  z.string(),
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()),
])
const flagValue = anyValue.refine((value) => JSON.stringify(value).length <= longestValue, 'Too long.')

const ruleSchema = z
  .strictObject({
    users: z.array(z.uuid()).min(1).max(mostUsers).optional(),
    roles: z.array(z.enum(roles)).min(1).optional(),
    percentage: z.number().min(0).max(100).optional().describe('Of all users; the same ones always.'),
    value: flagValue,
  })
  .refine(
    ({ users, roles: given, percentage }) => [users, given, percentage].some((part) => part !== undefined),
    'Say whom it is for: users, roles or a percentage.',
  )

export const putFlagBody = z
  .strictObject({
    type: z.enum(flagTypes),
    description: z.string().trim().max(500).default(''),
    enabled: z.boolean().default(true).describe('While it is off everybody gets `default`.'),
    default: flagValue.describe('For whom no rule is.'),
    rules: z
      .array(ruleSchema)
      .max(mostRules)
      .default([])
      .describe('The first that is for the caller decides.'),
  })
  .superRefine((flag, context) => {
    const places: [path: (string | number)[], value: unknown][] = [
      [['default'], flag.default],
      ...flag.rules.map(({ value }, index): [(string | number)[], unknown] => [
        ['rules', index, 'value'],
        value,
      ]),
    ]
    for (const [path, value] of places) {
      if (isOfType[flag.type](value)) continue
      const wanted = flag.type === 'json' ? 'an object or array' : `a ${flag.type}`
      context.addIssue({ code: 'custom', path, message: `This flag is ${wanted}.` })
    }
  })
export type PutFlag = z.infer<typeof putFlagBody>

export const flagSchema = z
  .object({
    key: z.string(),
    type: z.enum(flagTypes),
    description: z.string(),
    enabled: z.boolean(),
    default: anyValue,
    rules: z.array(
      z.object({
        users: z.array(z.uuid()).optional(),
        roles: z.array(z.string()).optional(),
        percentage: z.number().optional(),
        value: anyValue,
      }),
    ),
    version: z.int(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'FeatureFlag' })

export const evaluatedFlagSchema = z
  .object({
    key: z.string(),
    value: z.unknown(),
    reason: z.string().describe('As OpenFeature names reasons.'),
  })
  .meta({ id: 'EvaluatedFlag' })

export const viewFlag = (row: FlagRow) => {
  const { key, type, description, enabled, defaultValue, rules, version, updatedAt } = row
  return {
    key,
    type,
    description,
    enabled,
    default: defaultValue,
    rules,
    version,
    updatedAt: updatedAt.toISOString(),
  }
}
