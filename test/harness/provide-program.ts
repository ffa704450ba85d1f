import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const installTimeoutMs = 150_000

const isThere = (program: string): boolean =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, program)))

/**
 * Whether `program` can be run, installed from Debian's packages first where that is possible. Says aloud when it cannot: the
 * test that needs it is then to be skipped, which CI takes for a failure.
 */
export const provideProgram = async (program: string, debianPackage: string): Promise<boolean> => {
  if (isThere(program)) return true
  if (process.getuid?.() === 0 && isThere('apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const options = { env, timeout: installTimeoutMs }
    const waitForLock = ['-o', 'DPkg::Lock::Timeout=120']
    const install = () =>
      run('apt-get', [...waitForLock, 'install', '-y', '--no-install-recommends', debianPackage], options)
    // The lists of packages may be old, or not there at all.
    await install()
      .catch(() => run('apt-get', [...waitForLock, 'update'], options).then(install))
      .catch((error: unknown) => console.error(`apt-get could not install ${debianPackage}:`, error))
  }
  if (isThere(program)) return true
  console.error(`NOT TESTED: ${program} is not here. Install the package ${debianPackage} to test with it.`)
  return false
}
