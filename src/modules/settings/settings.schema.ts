import { z } from 'zod'
import { knownSettings, type SettingKey, settingKeys } from './known-settings.ts'
import type { SettingRow } from './settings.table.ts'

export const settingParams = z.object({
  key: z
    .string()
    .max(64)
    .describe(`One of ${settingKeys.join(', ')}.`),
})
/** Which of the two, and in which bounds, is for the setting to say. */
const settingValue = z.union([z.int(), z.boolean()]).meta({ example: 50_000_000 })

export const putSettingBody = z.strictObject({ value: settingValue })

export const settingSchema = z
  .object({
    key: z.string(),
    description: z.string(),
    value: settingValue,
    default: settingValue.describe('What the environment says.'),
    isSet: z.boolean(),
    version: z.int().describe('0 while it is as the environment says.'),
    updatedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'RuntimeSetting' })

export const viewSetting = (
  key: SettingKey,
  defaultValue: boolean | number,
  row: SettingRow | undefined,
) => ({
  key,
  description: knownSettings[key].description,
  value: row?.value ?? defaultValue,
  default: defaultValue,
  isSet: row !== undefined,
  version: row?.version ?? 0,
  updatedAt: row?.updatedAt.toISOString() ?? null,
})
