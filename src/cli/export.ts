import { oneOf, readArguments } from './arguments.ts'
import { openClient } from './credentials.ts'
import { followJob } from './follow-job.ts'
import { saveDownload } from './save-download.ts'
import { print } from './terminal.ts'

const resources = ['audit', 'files', 'generations', 'jobs', 'posts', 'users'] as const
const formats = ['csv', 'json', 'ndjson', 'sql', 'parquet', 'xlsx'] as const

export const usage = `Usage: npx backlot export <resource or dataset> [options]

Writes things of yours, or the rows of a dataset, to a file. Ctrl-C cancels the job.

  <resource>         ${resources.join(', ')}
  <dataset>          its id
  --format <format>  ${formats.join(', ')} (csv)
  --output <file>    where to; - is standard output. The resource's name in this folder, when it is left out; a zip when
                     the dataset has several tables and the format holds one
  --json             every event of the job as a line of JSON
`

const options = {
  format: { type: 'string', default: 'csv' },
  output: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

const isDataset = (word: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(word)

export const run = async (args: string[]): Promise<void> => {
  const { values, words } = readArguments(args, options, ['a resource or the id of a dataset'])
  const [source = ''] = words
  const format = oneOf(formats, values.format, '--format')
  const from = isDataset(source)
    ? { datasetId: source }
    : { resource: oneOf(resources, source, 'what is exported') }
  const { backlot, url } = await openClient()
  const { jobId, exportId } = await backlot.exports.create({ ...from, format })
  await followJob(backlot, jobId, { json: values.json, onInterrupt: 'cancel' })
  const { result } = await backlot.exports.get(exportId)
  if (result === null) throw new Error('The export was deleted meanwhile.')
  const file = values.output ?? `${source}.${result.contentType === 'application/zip' ? 'zip' : format}`
  await saveDownload(url, result.resultUri, file)
  if (file !== '-' && !values.json) print(file)
}
