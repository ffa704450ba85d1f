import os from 'node:os'

const mebibyte = 1024 ** 2
const logFileMebibytes = 10

/**
 * The settings of the embedded server. It listens on the loopback address only. Its log holds statements but never
 * their parameters or the rows in question, since those hold what users wrote.
 */
export const serverSettings = (overrides: Record<string, string> = {}): string => {
  const memory = os.totalmem() / mebibyte
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '150',
    shared_buffers: `${Math.round(Math.min(256, Math.max(128, memory / 8)))}MB`,
    effective_cache_size: `${Math.round(Math.max(256, memory / 2))}MB`,
    random_page_cost: '1.1',
    wal_level: 'replica',
    max_wal_size: '2GB',
    idle_in_transaction_session_timeout: '60s',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'on',
    log_directory: '../log',
    log_filename: 'postgresql-%Y%m%d-%H%M%S.log',
    log_file_mode: '0600',
    log_rotation_size: `${logFileMebibytes}MB`,
    log_rotation_age: '1d',
    log_line_prefix: '%m [%p] %a ',
    log_min_duration_statement: '1s',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    log_error_verbosity: 'terse',
    ...overrides,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`)
  return [
    '# Written by Backlot at each start. Your own settings go into postgresql.conf.',
    ...lines,
    '',
  ].join('\n')
}

/** What the cluster's `postgresql.conf` holds at first. */
export const operatorSettings = [
  "include 'backlot.conf'",
  '',
  '# Your own settings go below; they win over those of backlot.conf.',
  '',
].join('\n')

/**
 * Only the application's role may come in, and that of backups for a copy of the whole server, both over the loopback address
 * and with the password.
 */
export const backupRules = 'host replication backlot_backup 127.0.0.1/32 scram-sha-256\n'
export const hostRules = `host all backlot 127.0.0.1/32 scram-sha-256\n${backupRules}`
