import { z } from 'zod'

const bytes = z.int().min(0)

/** What can be changed while Backlot runs, and what each may be. */
export const knownSettings = {
  'signups.open': { schema: z.boolean(), description: 'Whether people may make accounts themselves.' },
  'files.quotaBytes': { schema: bytes, description: "What one user's files may take." },
  'data.quotaRows': {
    schema: bytes,
    description: 'How many rows the datasets of one user may have together.',
  },
  'data.quotaBytes': {
    schema: bytes,
    description: 'What the datasets of one user may take in the database.',
  },
  'live.projectsPerUser': {
    schema: z.int().min(0).max(100_000),
    description: 'How many live projects one user may have.',
  },
} as const

export type SettingKey = keyof typeof knownSettings
export type SettingValue<Key extends SettingKey> = z.infer<(typeof knownSettings)[Key]['schema']>
export type Settings = { [Key in SettingKey]: SettingValue<Key> }

export const isKnownSetting = (key: string): key is SettingKey => Object.hasOwn(knownSettings, key)

export const settingKeys = Object.keys(knownSettings).filter(isKnownSetting)
