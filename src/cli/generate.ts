import { openAsBlob } from 'node:fs'
import path from 'node:path'
import type { Body } from '../../client/src/backlot.ts'
import { numberIn, oneOf, readArguments } from './arguments.ts'
import { openClient } from './credentials.ts'
import { followJob } from './follow-job.ts'
import { saveDownload } from './save-download.ts'
import { print, tell } from './terminal.ts'

const styles = [
  'photorealistic',
  'cartoon',
  'anime',
  'pixel-art',
  'oil-painting',
  'watercolor',
  'sketch',
  'noir',
] as const satisfies Body<'generations.create'>['style'][]

export const usage = `Usage: npx backlot generate <prompt> [options]

Makes a picture, shows how it goes, and saves it. Ctrl-C cancels the job.

  --style <style>     ${styles.slice(0, 4).join(', ')},
                      ${styles.slice(4).join(', ')} (photorealistic)
  --size <w>x<h>      such as 1024x1024
  --seed <number>     the same one makes the same picture, where the provider can
  --strength <0-1>    how much of a photo gives way to the style (1)
  --input <file>      a photo to work on
  --output <file>     where to; - is standard output. A name of its own in this folder, when it is left out
  --json              every event of the job as a line of JSON
`

const options = {
  style: { type: 'string', default: 'photorealistic' },
  size: { type: 'string' },
  seed: { type: 'string' },
  strength: { type: 'string' },
  input: { type: 'string' },
  output: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

const extensions: Record<string, string> = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' }

export const run = async (args: string[]): Promise<void> => {
  const { values, words } = readArguments(args, options, ['a prompt'])
  const { style, size, seed, strength, input, output, json } = values
  const { backlot, url } = await openClient()
  const accepted = await backlot.generations.create({
    prompt: words[0] ?? '',
    style: oneOf(styles, style, '--style'),
    ...(size === undefined ? {} : { size }),
    ...(seed === undefined ? {} : { seed: numberIn(seed, '--seed', [0, 0xffff_ffff]) }),
    ...(strength === undefined ? {} : { strength: numberIn(strength, '--strength', [0, 1]) }),
    ...(input === undefined ? {} : { image: await photoIn(input) }),
  })
  await followJob(backlot, accepted.jobId, { json, onInterrupt: 'cancel' })
  const { result } = await backlot.generations.get(accepted.generationId)
  if (result === null) throw new Error('The picture was deleted meanwhile.')
  const extension = extensions[result.contentType] ?? 'bin'
  const file = output ?? `${accepted.generationId}.${extension}`
  await saveDownload(url, result.url, file)
  if (file === '-') return
  const isOther = ![extension, extension.replace('jpg', 'jpeg')].includes(
    path.extname(file).slice(1).toLowerCase(),
  )
  if (isOther) tell(`${file} holds ${result.contentType}`)
  if (!json) print(file)
}

const photoIn = async (file: string): Promise<File> => new File([await openAsBlob(file)], path.basename(file))
