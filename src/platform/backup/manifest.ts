import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { codeOf } from '../database/infrastructure-error.ts'
import { StartFault } from '../process/start-fault.ts'

const manifestFile = 'manifest.json'
const longestManifestBytes = 4 * 1024 ** 2

const manifestSchema = z.strictObject({
  format: z.literal(1),
  backlotVersion: z.string(),
  postgresVersion: z.string(),
  /** How many migrations the database had, and the newest one's time of making, in ms. */
  migrations: z.strictObject({ count: z.int(), newest: z.number() }),
  startedAt: z.iso.datetime(),
  /** Everything that was acknowledged before this instant is in the backup. */
  until: z.iso.datetime(),
  lsn: z.string(),
  files: z.int(),
  bytes: z.int(),
  listSha256: z.string(),
  /** Whether the content of files is here, or in an S3 bucket that has to be backed up by itself. */
  objects: z.enum(['here', 's3']),
  /** Objects whose files their owners erased while the backup was taken. */
  erasedMeanwhile: z.array(z.string()),
  /** Whether SECRET_KEY came from outside, so that it is not in the backup. */
  secretKeyIsElsewhere: z.boolean(),
  /** What the restore into a scratch directory found; null when it was left out. */
  verified: z
    .strictObject({ at: z.iso.datetime(), tables: z.int(), rows: z.int(), objects: z.int() })
    .nullable(),
})

export type Manifest = z.infer<typeof manifestSchema>

/** Written last of all, and on the disk when it is written: a backup without it is none. */
export const writeManifest = async (directory: string, manifest: Manifest): Promise<void> => {
  await using file = await open(path.join(directory, manifestFile), 'wx', 0o600)
  await file.writeFile(render(manifest))
  await file.sync()
}

/** @throws StartFault when the directory is no backup, or its manifest was changed */
export const readManifest = async (directory: string): Promise<Manifest> => {
  const text = await readFile(path.join(directory, manifestFile), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR')
      throw new StartFault(`${directory} is no backup: there is no ${manifestFile} in it.`)
    throw error
  })
  const changed = new StartFault(
    `${path.join(directory, manifestFile)} was changed: the backup cannot be trusted.`,
  )
  if (text.length > longestManifestBytes) throw changed
  const parsed = manifestSchema.safeParse(contentOf(text))
  if (!parsed.success || render(parsed.data) !== text) throw changed
  return parsed.data
}

const contentOf = (text: string): unknown => {
  try {
    return JSON.parse(text.split('\n', 1)[0] ?? '')
  } catch {
    return undefined
  }
}

/** One line of JSON, and its SHA-256 on the next. */
const render = (manifest: Manifest): string => {
  const json = JSON.stringify(manifest)
  return `${json}\n${createHash('sha256').update(json).digest('hex')}\n`
}
