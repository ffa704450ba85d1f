import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { enableCompileCache } from 'node:module'
import path from 'node:path'
import './app/quick-imports.ts'
import { projectDir } from './app/project-dir.ts'
import { exitWithStartError } from './app/start-error.ts'
import type { PreparedMessage } from './app/supervisor.ts'

// Compiled code kept between starts halves the time until a role is ready.
enableCompileCache(path.join(projectDir, 'node_modules', '.cache', 'compiled'))

/** Roles and commands. Each imports only what it needs, so that small ones start fast. */
const commands: Record<string, (args: string[]) => Promise<void>> = {
  all: async (args) => {
    const { runSupervisor } = await import('./app/supervisor-process.ts')
    const watch = args.includes('--watch')
    if (watch) process.env.NODE_ENV ??= 'development'
    await runSupervisor({
      main: import.meta.filename,
      roles: ['api', 'worker', 'live'],
      preparesDatabase: true,
      watch,
    })
  },
  api: async (args) => {
    if (!args.includes('--supervised') && (await countApiProcesses()) > 1) {
      const { runSupervisor } = await import('./app/supervisor-process.ts')
      return runSupervisor({
        main: import.meta.filename,
        roles: ['api'],
        preparesDatabase: false,
        watch: false,
      })
    }
    const { runRole } = await import('./app/role-process.ts')
    await runRole('api', async (context) => (await import('./app/api.ts')).startApi(context))
  },
  worker: async () => {
    const { runRole } = await import('./app/role-process.ts')
    await runRole('worker', async (context) => (await import('./app/worker.ts')).startWorker(context))
  },
  live: async () => {
    const { runRole } = await import('./app/role-process.ts')
    await runRole('live', async (context) => (await import('./app/live.ts')).startLive(context))
  },
  migrate: async () => {
    await onDatabase(async (config) => {
      const { migrate } = await import('./platform/database/migrate.ts')
      await migrate(config.database.url, config.database.ssl)
      process.stdout.write('backlot: the database is up to date\n')
    })
  },
  /** What the supervisor needs done before the roles start. It has told the warnings. */
  prepare: async () => {
    const prepare: Parameters<typeof onDatabase>[0] = async (config) => {
      const { migrate } = await import('./platform/database/migrate.ts')
      await migrate(config.database.url, config.database.ssl)
      const { recordRestore } = await import('./app/backup/audit-backups.ts')
      await recordRestore(config)
      const { adminLink } = await import('./app/first-admin.ts')
      const prepared: PreparedMessage = { type: 'prepared', adminLink: await adminLink(config) }
      process.send?.(prepared)
    }
    await onDatabase(prepare, { tellsWarnings: false })
  },
  admin: async (args) => {
    await onDatabase(async (config) =>
      (await import('./app/commands/admin-command.ts')).runAdminCommand(config, args),
    )
  },
  doctor: async (args) => (await import('./app/commands/doctor-command.ts')).runDoctorCommand(args),
  backup: async (args) =>
    (await import('./app/commands/backup-command.ts')).runBackupCommand(await configured(), args),
  upgrade: async (args) =>
    (await import('./app/commands/upgrade-command.ts')).runUpgradeCommand(await configured(), args),
  restore: async (args) =>
    (await import('./app/commands/restore-command.ts')).runRestoreCommand(await configured(), args),
  audit: async (args) =>
    (await import('./app/commands/audit-command.ts')).runAuditCommand(await configured(), args),
  login: async (args) => overHttp('login', args),
  logout: async (args) => overHttp('logout', args),
  generate: async (args) => overHttp('generate', args),
  export: async (args) => overHttp('export', args),
  jobs: async (args) => overHttp('jobs', args),
  'with-database': async (args) => {
    await onDatabase(async (config) => {
      const env = { ...process.env, DATABASE_URL: config.database.url }
      const tool = spawn(process.execPath, args, { stdio: 'inherit', env })
      process.exitCode = Number((await once(tool, 'close'))[0] ?? 1)
    })
  },
}

/** Commands that talk to a Backlot by HTTP, wherever it runs. They read nothing of this machine's configuration. */
const overHttp = async (...[name, args]: Parameters<typeof import('./cli/run-command.ts').runCommand>) =>
  (await import('./cli/run-command.ts')).runCommand(name, args)

/** The role reads its configuration itself, and says what is wrong with it. */
const countApiProcesses = async () => {
  const { readEnvironment } = await import('./platform/config/read-environment.ts')
  const { variables } = await import('./platform/config/variables.ts')
  const { values } = readEnvironment(process.env, projectDir)
  return variables.shape.WEB_CONCURRENCY.safeParse(values.WEB_CONCURRENCY).data ?? 1
}

/** Commands leave a data directory alone that is not there yet. */
const configured = async ({ makesSecretKey = false, tellsWarnings = true } = {}) => {
  const { loadConfig } = await import('./platform/config/config.ts')
  const { config, warnings } = loadConfig(process.env, projectDir, { makesSecretKey })
  for (const warning of tellsWarnings ? warnings : []) process.stderr.write(`backlot: warning: ${warning}\n`)
  return config
}

const onDatabase = async (
  use: Parameters<typeof import('./app/with-database.ts').withDatabase<void>>[1],
  { tellsWarnings = true } = {},
) => {
  const { withDatabase } = await import('./app/with-database.ts')
  await withDatabase(await configured({ makesSecretKey: true, tellsWarnings }), use)
}

/** What may follow the name. Other commands take no words, or read them themselves. */
const options: Record<string, string[]> = {
  all: ['--watch'],
  api: ['--supervised'],
  worker: ['--supervised'],
  live: ['--supervised'],
  migrate: [],
  prepare: [],
}

/** EX_USAGE of BSD's sysexits.h. */
const usageExitCode = 64

const [name = 'all', ...args] = process.argv.slice(2)
const command = Object.hasOwn(commands, name) ? commands[name] : undefined
const unknown = args.find((word) => options[name]?.includes(word) === false)
if (command === undefined || unknown !== undefined) {
  const fault =
    command === undefined ? `there is no role or command "${name}"` : `${name} does not take "${unknown}"`
  process.stderr.write(`backlot: ${fault}. See npx backlot --help.\n`)
  process.exitCode = usageExitCode
} else {
  await command(args).catch((error: unknown) => exitWithStartError(error))
}
