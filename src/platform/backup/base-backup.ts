import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import pg from 'pg'
import { backupRole } from '../database/embedded/cluster.ts'
import { codeOf } from '../database/infrastructure-error.ts'
import { StartFault } from '../process/start-fault.ts'
import { LogPositions } from './log-positions.ts'
import { unpackTar } from './unpack-tar.ts'

export type BaseBackup = {
  /** Everything that was committed before this instant is in the copy. */
  until: Date
  /** Nothing that was committed after this instant is in the copy. */
  endedAt: Date
  /** The position in the write-ahead log at which the copy is consistent. */
  lsn: string
}

export type BaseBackupOptions = {
  /** Of the embedded server, as the application connects to it. */
  url: string
  /** An empty directory that becomes the cluster. */
  directory: string
  account: { uid: number; gid: number } | undefined
  signal: AbortSignal
  onBytes: (bytes: number) => void
}

const command =
  "BASE_BACKUP (LABEL 'backlot', PROGRESS false, CHECKPOINT 'fast', WAL true, WAIT true, MANIFEST 'no')"
/** A checkpoint that has much to write comes first, and during it the server sends nothing. */
const silenceTimeoutMs = 600_000
const connectTimeoutMs = 5_000
/** Messages of at most 32 KiB that wait to be written. */
const waitingMessages = 128
const invalidAuthorization = '28000'

/**
 * Copies a running server by the replication protocol: its files as they are read, and the part of the write-ahead log that
 * makes them consistent. The server itself sees to it that this part is still there, and ends the backup when we are gone.
 * https://www.postgresql.org/docs/current/protocol-replication.html (BASE_BACKUP)
 */
export const receiveBaseBackup = async (options: BaseBackupOptions): Promise<BaseBackup> => {
  const { directory, account, signal, onBytes } = options
  const positions = await LogPositions.open(options.url)
  const client = new pg.Client({
    connectionString: replicationUrl(options.url),
    application_name: 'backlot backup',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
  })
  client.on('error', () => undefined)
  try {
    await client.connect().catch((error: unknown) => Promise.reject(explain(error)))
    const { archive, lsn } = requestBackup(client)
    const abort = () => archive.destroy(abortError(signal))
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    try {
      await unpackTar(archive, directory, { account, onBytes })
    } finally {
      signal.removeEventListener('abort', abort)
    }
    return { ...(await positions.momentOf(lsn())), lsn: lsn() }
  } finally {
    await Promise.all([positions.close(), client.end().catch(() => undefined)])
  }
}

const replicationUrl = (url: string): string => {
  const replication = new URL(url)
  replication.username = backupRole
  replication.searchParams.set('replication', 'true')
  return replication.href
}

const abortError = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason))

const explain = (error: unknown): unknown =>
  codeOf(error) === invalidAuthorization
    ? new StartFault(
        'The embedded PostgreSQL was started by a version of Backlot without backups. Stop and start Backlot once.',
        { cause: error },
      )
    : error

const hasTablespaces = () =>
  new StartFault('The database has tablespaces of its own, which backups do not cover. See docs/backup.md.')

/** Kinds of messages within the copy, in ASCII. */
const newArchive = 0x6e
const archiveData = 0x64

type CopyMessage = { chunk: Buffer }
type RowMessage = { fields: (string | null)[] }

/** Sends the command. Its answer is two tables, the copy, and a table with the position where it ended. */
const requestBackup = (client: pg.Client): { archive: Readable; lsn: () => string } => {
  let connection: pg.Connection | undefined
  let lsn = ''
  let archives = 0
  const archive = new Readable({
    objectMode: true,
    highWaterMark: waitingMessages,
    read: () => void connection?.stream.resume(),
  })
  const fail = (error: Error) => archive.destroy(error)
  client.query({
    submit: (opened: pg.Connection) => {
      connection = opened
      const silent = () => fail(new Error('PostgreSQL has sent nothing for 10 min'))
      if (opened.stream instanceof Socket) opened.stream.setTimeout(silenceTimeoutMs, silent)
      opened.query(command)
    },
    handleRowDescription: () => undefined,
    handleDataRow: ({ fields }: RowMessage) => {
      lsn = fields[0] ?? lsn
    },
    handleCopyData: ({ chunk }: CopyMessage) => {
      if (chunk[0] === newArchive) archives += 1
      if (archives > 1) fail(hasTablespaces())
      // The parser uses its buffer again.
      if (chunk[0] === archiveData && !archive.push(Buffer.from(chunk.subarray(1))))
        connection?.stream.pause()
    },
    handleCommandComplete: () => undefined,
    handlePortalSuspended: () => undefined,
    handleEmptyQuery: () => undefined,
    handleReadyForQuery: () => void archive.push(null),
    handleError: fail,
  })
  return { archive, lsn: () => lsn }
}
