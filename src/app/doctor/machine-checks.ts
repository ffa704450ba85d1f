import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { sizeText } from '../../platform/backup/free-space.ts'
import type { Config } from '../../platform/config/config.ts'
import { runningEmbeddedUrl } from '../../platform/database/embedded/embedded-postgres.ts'
import { codeOf } from '../../platform/database/infrastructure-error.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const oldestNode = 24
const scarceBytes = 2e9
/** Below it the service answers 507, and recordings stop. */
const tooFewBytes = 512 * 1024 ** 2

export const checkNode = (): Finding[] => {
  const { node } = process.versions
  return Number.parseInt(node, 10) >= oldestNode
    ? [ok('node', `Node ${node}`)]
    : [fail('node', `Node ${node} is too old`, `Install Node ${oldestNode} or later.`)]
}

export const checkDataDir = async ({ dataDir }: Config): Promise<Finding[]> => {
  const check = 'data directory'
  if (!existsSync(dataDir)) {
    return [
      warn(check, `${dataDir} is not there yet`, 'The first start makes it. Else check BACKLOT_DATA_DIR.'),
    ]
  }
  const { uid, mode } = statSync(dataDir)
  const found: Finding[] = []
  if (process.getuid !== undefined && uid !== process.getuid())
    found.push(fail(check, `${dataDir} belongs to uid ${uid}`, 'Run Backlot, and doctor, as that account.'))
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    found.push(
      fail(check, `${dataDir} cannot be written`, 'Give this account rights to it, or set BACKLOT_DATA_DIR.'),
    )
  }
  if ((mode & 0o066) !== 0)
    found.push(warn(check, `other accounts may list ${dataDir}`, `chmod go-rw ${dataDir}`))
  const { bavail, bsize } = await statfs(dataDir)
  const free = bavail * bsize
  if (free < tooFewBytes)
    found.push(fail(check, `${sizeText(free)} free`, 'Free some space: uploads are refused.'))
  else if (free < scarceBytes) found.push(warn(check, `${sizeText(free)} free`, 'Free some space soon.'))
  return found.length > 0 ? found : [ok(check, `${dataDir}, ${sizeText(free)} free`)]
}

export const checkSecrets = ({ dataDir, secretKey }: Config): Finding[] => {
  const check = 'secrets'
  const folder = path.join(dataDir, 'secrets')
  const files = existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : []
  const open = [folder, ...files].filter((each) => existsSync(each) && (statSync(each).mode & 0o077) !== 0)
  const found = open.map((each) => fail(check, `other accounts may read ${each}`, `chmod go= ${each}`))
  if (secretKey === '' && existsSync(dataDir) && !files.includes(path.join(folder, 'secret-key'))) {
    const fix =
      'A start makes a new one: sessions end, and sealed keys are lost. Restore it if there was one.'
    found.push(warn(check, 'there is no secrets/secret-key', fix))
  }
  return found.length > 0 ? found : [ok(check, 'readable by their owner only')]
}

/** While Backlot runs its ports are taken, as they have to be. */
export const checkPorts = async (config: Config): Promise<Finding[]> => {
  if (runningEmbeddedUrl(config.dataDir) !== undefined) return [ok('ports', 'Backlot runs here and has them')]
  const { host, port } = config.http
  const wanted = [
    { variable: 'PORT', port },
    { variable: 'RTMP_PORT', port: config.live.rtmpPort },
    ...(config.live.rtmps === undefined ? [] : [{ variable: 'RTMPS_PORT', port: config.live.rtmps.port }]),
  ]
  const found: Finding[] = []
  for (const { variable, port: number } of wanted) {
    const code = number === 0 ? undefined : await listenError(host, number)
    if (code === 'EADDRINUSE') {
      const fix = `Unless that is Backlot's own ${variable === 'PORT' ? 'api' : 'live'}, stop it or set ${variable}.`
      found.push(warn('ports', `${number} (${variable}) is taken by a program`, fix))
    } else if (code === 'EACCES')
      found.push(fail('ports', `this account may not listen on ${number}`, `Set ${variable} above 1023.`))
    else if (code !== undefined)
      found.push(
        fail('ports', `${host} cannot be listened on (${code})`, 'Set HOST to an address of this machine.'),
      )
  }
  return found.length > 0 ? found : [ok('ports', wanted.map((each) => each.port).join(', '))]
}

const listenError = (host: string, port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', (error) => resolve(codeOf(error) ?? 'unknown'))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
