import { Gauge, type Registry } from 'prom-client'
import { type BackupState, backupAgeMs, findBackupState } from '../backup/backup-state.ts'

/** Tells how scheduled backups stand; where none are scheduled, nothing. */
export const watchBackups = (registry: Registry, dataDir: string): void => {
  const tell = (name: string, help: string, read: (state: BackupState) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const state = await findBackupState(dataDir).catch(() => undefined)
        this.remove()
        if (state !== undefined) this.set(read(state))
      },
    })
  tell(
    'backlot_backup_age_seconds',
    'Age of the newest proved backup; +Inf while there is none.',
    (state) => backupAgeMs(state) / 1_000,
  )
  tell('backlot_backup_every_seconds', 'How often backups are due.', ({ everyMs }) => everyMs / 1_000)
  tell(
    'backlot_backup_last_failed',
    '1 when the last attempt at a backup came to nothing.',
    ({ lastFailure }) => (lastFailure === null ? 0 : 1),
  )
}
