import fs from 'node:fs'
import path from 'node:path'

/**
 * Licences, by their SPDX identifiers, under which a package may be part of what is run. LGPL is that of libvips, which stays a
 * library of its own that can be exchanged.
 *
 * @see https://spdx.org/licenses/
 */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'LGPL-3.0-or-later',
  'MIT',
  'MIT-0',
  // Of fonts, which are embedded in what is written with them and never sold by themselves.
  'OFL-1.1',
  'PSF-2.0',
])

/** Packages that name no licence in their manifest, with that of the LICENSE file that they bring. */
export const licensedByFile: Record<string, string> = { 'png-js@2.0.0': 'MIT' }

/** What a lock file of npm says of a package; `license` is what the package says of itself. */
type LockedPackage = { version?: string; license?: string; dev?: boolean; link?: boolean }

/**
 * The production packages of `package-lock.json` whose licence is missing or not allowed, one line each. All platforms count,
 * not only the one that it runs on.
 */
export const licenceFaults = (lockFile: string): string[] => {
  const { packages }: { packages: Record<string, LockedPackage> } = JSON.parse(
    fs.readFileSync(lockFile, 'utf8'),
  )
  return Object.entries(packages)
    .filter(([place, { dev, link }]) => place.includes('node_modules/') && dev !== true && link !== true)
    .map(([place, { version, license }]) => {
      const name = `${nameOf(place)}@${version}`
      return { name, license: license ?? licensedByFile[name] }
    })
    .filter(({ license }) => license === undefined || !isAllowed(license))
    .map(({ name, license }) => `${name}: ${license ?? 'no licence'}`)
}

/** `A AND B` needs both, `A OR B` one of them, and AND binds closer (SPDX 2.3, annex D). What is not understood is not allowed. */
export const isAllowed = (expression: string): boolean => {
  const inner = /\(([^()]*)\)/.exec(expression)
  if (inner !== null) {
    return isAllowed(expression.replace(inner[0], isAllowed(inner[1] ?? '') ? 'MIT' : 'none'))
  }
  return expression
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((id) => allowed.has(id.trim())))
}

const nameOf = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)

if (import.meta.main) {
  const faults = licenceFaults(path.resolve(import.meta.dirname, '../package-lock.json'))
  for (const fault of faults) process.stderr.write(`${fault}\n`)
  if (faults.length === 0) process.stdout.write('All licences are allowed.\n')
  process.exitCode = faults.length === 0 ? 0 : 1
}
