import type { FastifyBaseLogger } from 'fastify'
import { FollowedRows } from '../../platform/cache/followed-rows.ts'
import type { Db } from '../../platform/database/database.ts'
import type { Notifications } from '../../platform/events/notifications.ts'
import {
  isKnownSetting,
  knownSettings,
  type SettingKey,
  type Settings,
  type SettingValue,
} from './known-settings.ts'
import { listSettingRows } from './settings.repository.ts'
import type { SettingRow } from './settings.table.ts'

/** On which changes of settings are told. */
export const settingsChannel = 'backlot_settings'

/**
 * The settings as they are now: what was set, else what the environment says. To ask costs nothing; a change acts at once in every
 * process, and the last known values hold while the database is away.
 */
export class RuntimeSettings {
  readonly defaults: Settings
  #set: Partial<Record<SettingKey, SettingRow['value']>> = {}
  #rows: FollowedRows<SettingRow> | undefined

  private constructor(defaults: Settings) {
    this.defaults = defaults
  }

  static async open(
    deps: { db: Db; notifications: Notifications; log: FastifyBaseLogger },
    defaults: Settings,
  ): Promise<RuntimeSettings> {
    const settings = new RuntimeSettings(defaults)
    settings.#rows = await FollowedRows.open(deps, {
      channel: settingsChannel,
      load: () => listSettingRows(deps.db),
      onRead: (rows) => settings.#take(rows),
    })
    return settings
  }

  /** What another version has set is left out. */
  #take(rows: readonly SettingRow[]) {
    this.#set = Object.fromEntries(
      rows
        .filter(({ key, value }) => isKnownSetting(key) && knownSettings[key].schema.safeParse(value).success)
        .map(({ key, value }) => [key, value]),
    )
  }

  get<Key extends SettingKey>(key: Key): SettingValue<Key> {
    return (this.#set[key] ?? this.defaults[key]) as SettingValue<Key>
  }

  refresh(): Promise<void> | undefined {
    return this.#rows?.refresh()
  }

  async close(): Promise<void> {
    await this.#rows?.close()
  }
}
