import { type Config, loadConfig } from '../../platform/config/config.ts'
import type { Environment } from '../../platform/config/read-environment.ts'
import { StartFault } from '../../platform/process/start-fault.ts'
import { checkBackups } from './backup-checks.ts'
import { checkDatabaseServer, checkReplicas } from './database-checks.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import { checkDataDir, checkNode, checkPorts, checkSecrets } from './machine-checks.ts'
import { checkFfmpeg, checkHints, checkMail, checkRedis, checkStorage } from './service-checks.ts'

type Check = (config: Config) => Promise<Finding[]> | Finding[]

const longestCheckMs = 15_000

const checks: Record<string, Check> = {
  'data directory': checkDataDir,
  secrets: checkSecrets,
  database: checkDatabaseServer,
  backup: checkBackups,
  replicas: checkReplicas,
  redis: checkRedis,
  storage: checkStorage,
  mail: checkMail,
  ffmpeg: checkFfmpeg,
  ports: checkPorts,
  settings: checkHints,
}

/** What is right and what is wrong with an installation. Every check has its time, so one that hangs hides no other. */
export const findings = async (env: Environment, directory: string): Promise<Finding[]> => {
  const node = checkNode()
  let config: Config
  try {
    const loaded = loadConfig(env, directory, { makesSecretKey: false })
    config = loaded.config
    const warnings = loaded.warnings.map((message) => warn('configuration', message, 'Check its spelling.'))
    node.push(...(warnings.length > 0 ? warnings : [ok('configuration', 'every variable is understood')]))
  } catch (error) {
    if (!(error instanceof StartFault)) throw error
    const fix = 'Correct the variable; .env.example explains it.'
    return [...node, ...error.message.split('\n').map((line) => fail('configuration', line, fix))]
  }
  const found = await Promise.all(
    Object.entries(checks).map(([name, check]) =>
      inTime(check(config)).catch((error: unknown) => [
        fail(name, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error), undefined),
      ]),
    ),
  )
  return [...node, ...found.flat()]
}

const inTime = async (check: Promise<Finding[]> | Finding[]): Promise<Finding[]> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('took longer than 15 s')), longestCheckMs)
  try {
    return await Promise.race([check, promise])
  } finally {
    clearTimeout(timer)
  }
}
