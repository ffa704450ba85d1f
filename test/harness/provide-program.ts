import { execFile } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const installTimeoutMs = 150_000

const isThere = (program: string): boolean =>
  program.startsWith('/')
    ? existsSync(program)
    : [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin'].some((folder) =>
        existsSync(path.join(folder, program)),
      )

/**
 * Whether `program` can be run, installed from Debian's packages first where that is possible. Several names must all be there;
 * one with a slash in front is a file, such as a module that a program loads. Says aloud when something is missing: the test
 * that needs it is then to be skipped, which CI takes for a failure.
 */
export const provideProgram = async (
  program: string | string[],
  debianPackage: string | string[],
): Promise<boolean> => {
  const programs = [program].flat()
  const packages = [debianPackage].flat()
  if (programs.every(isThere)) return true
  if (process.getuid?.() === 0 && isThere('apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const options = { env, timeout: installTimeoutMs }
    const waitForLock = ['-o', 'DPkg::Lock::Timeout=120']
    const install = () =>
      withoutServices(() =>
        run('apt-get', [...waitForLock, 'install', '-y', '--no-install-recommends', ...packages], options),
      )
    // The lists of packages may be old, or not there at all.
    await install()
      .catch(() => run('apt-get', [...waitForLock, 'update'], options).then(install))
      .catch((error: unknown) => console.error(`apt-get could not install ${packages.join(', ')}:`, error))
  }
  const missing = programs.filter((each) => !isThere(each))
  if (missing.length === 0) return true
  console.error(
    `NOT TESTED: ${missing.join(', ')} is not here. Install ${packages.join(' and ')} to test with it.`,
  )
  return false
}

/** Asked by Debian's packages before they start a service (invoke-rc.d(8)): 101 is no. */
const servicePolicyFile = '/usr/sbin/policy-rc.d'

const withoutServices = async <Result>(install: () => Promise<Result>): Promise<Result> => {
  if (existsSync(servicePolicyFile)) return await install()
  writeFileSync(servicePolicyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return await install()
  } finally {
    rmSync(servicePolicyFile, { force: true })
  }
}
