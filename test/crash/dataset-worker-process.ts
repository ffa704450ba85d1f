import path from 'node:path'
import { exportResources } from '../../src/app/export-resources.ts'
import {
  assistDataset,
  generateDataset,
  generateSmallDataset,
} from '../../src/modules/datasets/datasets.jobs.ts'
import { writeExport, writeSmallExport } from '../../src/modules/exports/exports.jobs.ts'
import { Database } from '../../src/platform/database/database.ts'
import { runnableJob } from '../../src/platform/jobs/define-job.ts'
import { openDiskStorage } from '../../src/platform/storage/disk-storage.ts'
import { startJobSystem } from '../harness/job-system.ts'

/** A worker process to be killed, that makes and exports datasets. Its leases are short, so that others soon go on. */
const [url = '', dataDir = ''] = process.argv.slice(2)
const database = new Database({
  url,
  ssl: false,
  poolMax: 5,
  applicationName: 'dataset worker',
  onConnectionError: () => undefined,
})
const { db, readDb, bulk } = database
const storage = await openDiskStorage({
  directory: path.join(dataDir, 'files'),
  signingKey: Buffer.alloc(32, 'key'),
})
const quota = { rows: 1e9, bytes: 1e12 }
const files = { db, readDb, storage, quotaBytes: Number.MAX_SAFE_INTEGER }
const exporting = { db, bulk, files, resources: exportResources }
await startJobSystem(
  url,
  [
    runnableJob(generateDataset, { db, bulk, quota }),
    runnableJob(generateSmallDataset, { db, bulk, quota }),
    runnableJob(assistDataset, { db, bulk, quota }),
    runnableJob(writeExport, exporting),
    runnableJob(writeSmallExport, exporting),
  ],
  { worker: { leaseMs: 1_500, drainMs: 1_000 } },
)
process.send?.('ready')
process.on('disconnect', () => process.exit(0))
