import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { licensedByFile } from './licences.ts'

type Component = {
  'bom-ref': string
  properties?: { name: string; value: string }[]
  licenses?: { license: { id: string } }[]
}
type Bill = { components: Component[]; dependencies: { ref: string; dependsOn: string[] }[] }

const run = promisify(execFile)
const projectDir = path.resolve(import.meta.dirname, '..')
const npmTimeoutMs = 60_000

/**
 * The production packages in CycloneDX. `npm sbom --omit=dev` leaves out what a development package leads to as well, so all are
 * asked for, and those that npm marks as for development only are taken out here.
 *
 * @see https://cyclonedx.org/docs/1.5/json/
 */
export const billOfMaterials = async (): Promise<Bill> => {
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application']
  const options = { cwd: projectDir, timeout: npmTimeoutMs, maxBuffer: 64 * 1_024 * 1_024 }
  const { stdout } = await run('npm', [...args, '--workspaces=false'], options)
  const bill: Bill = JSON.parse(stdout)
  const omitted = new Set(bill.components.filter(isForDevelopment).map((component) => component['bom-ref']))
  return {
    ...bill,
    components: bill.components.filter((component) => !omitted.has(component['bom-ref'])).map(withLicence),
    dependencies: bill.dependencies
      .filter(({ ref }) => !omitted.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => !omitted.has(other)) })),
  }
}

const isForDevelopment = ({ properties = [] }: Component) =>
  properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true')

const withLicence = (component: Component): Component => {
  const id = licensedByFile[component['bom-ref']]
  return component.licenses !== undefined || id === undefined
    ? component
    : { ...component, licenses: [{ license: { id } }] }
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await billOfMaterials(), null, 2)}\n`)
