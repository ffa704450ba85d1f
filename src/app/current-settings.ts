import type { RuntimeSettings } from '../modules/settings/runtime-settings.ts'
import type { Config } from '../platform/config/config.ts'

/** What the environment says of the settings that can be changed while Backlot runs. */
export const settingDefaults = ({ files, data, live }: Config) => ({
  'signups.open': true,
  'files.quotaBytes': files.quotaBytes,
  'data.quotaRows': data.quota.rows,
  'data.quotaBytes': data.quota.bytes,
  'live.projectsPerUser': live.limits.projectsPerUser,
})

/** Quotas that are asked from the settings each time they are looked at. */
export const currentQuotas = (settings: RuntimeSettings) => ({
  files: {
    get quotaBytes() {
      return settings.get('files.quotaBytes')
    },
  },
  data: {
    get rows() {
      return settings.get('data.quotaRows')
    },
    get bytes() {
      return settings.get('data.quotaBytes')
    },
  },
})
