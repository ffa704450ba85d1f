import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import os from 'node:os'
import type { Logger } from 'pino'
import { roomLeft } from '../modules/files/quota.ts'
import { findFfmpeg } from '../modules/live/ffmpeg.ts'
import { IngestListener } from '../modules/live/ingest/ingest-listener.ts'
import { measureLive } from '../modules/live/live-metrics.ts'
import { LiveServer } from '../modules/live/live-server.ts'
import { removeLeftoverPreviews } from '../modules/live/preview/preview-folder.ts'
import { makeFileOfRecording } from '../modules/live/recording/recording-job.ts'
import { deriveLiveKeys } from '../modules/projects/live-keys.ts'
import { LocalSchedule } from '../platform/jobs/local-schedule.ts'
import { Schedule } from '../platform/jobs/schedule.ts'
import { createMetrics } from '../platform/observability/metrics.ts'
import { liveReporter, WorkerReporter } from '../platform/observability/worker-reports.ts'
import { StartFault } from '../platform/process/start-fault.ts'
import { HealthPort, healthOf } from './health-port.ts'
import type { RoleConfig } from './join-database.ts'
import { openPlatform } from './open-platform.ts'
import type { RunningRole } from './role-process.ts'
import { listenFault } from './start-error.ts'
import { processWatch, streamUpkeep } from './stream-upkeep.ts'

/** The role `live`: takes feeds by RTMP and relays them. */
export const startLive = async ({
  config,
  log,
}: {
  config: RoleConfig
  log: Logger
}): Promise<RunningRole & { rtmpPort: number }> => {
  const { live } = config
  const tls = live.rtmps === undefined ? undefined : await readCertificate(live.rtmps)
  const ffmpeg = await findFfmpeg()
  if (ffmpeg === undefined)
    log.warn('no ffmpeg here: recording, preview and thumbnails are off, relaying is not')
  await removeLeftoverPreviews(config.dataDir)
  const platform = await openPlatform({ config, log, role: 'live' })
  const { db, notifications, database } = platform
  const streams = { db, notifications, onEnded: makeFileOfRecording }
  const server = new LiveServer({
    ...streams,
    keys: deriveLiveKeys(config.secretKey),
    streamsPerUser: live.limits.streamsPerUser,
    log,
    dataDir: config.dataDir,
    ffmpegPath: ffmpeg?.path,
    allowPrivateDestinations: live.allowPrivateDestinations,
    maxBitrate: live.maxBitrate,
    recordingRoom: (ownerId) => roomLeft(db, ownerId, platform.settings.get('files.quotaBytes')),
  })
  const shared = {
    host: live.host,
    log,
    authorize: (publisher: Parameters<LiveServer['authorize']>[0]) => server.authorize(publisher),
  }
  const plain = new IngestListener({ ...shared, port: live.rtmpPort })
  const secure = live.rtmps && tls && new IngestListener({ ...shared, port: live.rtmps.port, tls })
  const listeners = secure === undefined ? [plain] : [plain, secure]
  await server.open()
  await openPort(plain, { host: live.host, port: live.rtmpPort, variable: 'RTMP_PORT' })
  if (live.rtmps !== undefined)
    await openPort(secure, { host: live.host, port: live.rtmps.port, variable: 'RTMPS_PORT' })
  const registry = createMetrics('backlot_live_', database)
  measureLive(registry, server)
  const reporter = new WorkerReporter(db, `${liveReporter}${os.hostname()}:${process.pid}`, registry, log)
  const schedule = new Schedule({ db, log }, streamUpkeep(streams))
  const local = new LocalSchedule(log, processWatch(streams))
  const leaving = new AbortController()
  const health = await HealthPort.open({
    ...healthOf({ config, platform, registry, leaving: leaving.signal }),
    isAlive: () => true,
  })
  return {
    address: `rtmp://${isIPv6(live.host) ? `[${live.host}]` : live.host}:${plain.port}/live`,
    rtmpPort: plain.port,
    stop: async () => {
      leaving.abort()
      for (const listener of listeners) listener.stopListening()
      await server.close()
      for (const listener of listeners) listener.closeAll()
      await Promise.all([schedule.close(), local.close(), reporter.close()])
      await health?.close()
      await platform.close()
    },
  }
}

const openPort = async (
  listener: IngestListener | undefined,
  listen: { host: string; port: number; variable: string },
) => {
  await listener?.open().catch((error: unknown) => {
    throw listenFault(error, listen) ?? error
  })
}

const readCertificate = async ({ certFile, keyFile }: { certFile: string; keyFile: string }) => ({
  cert: await readPem('RTMPS_CERT_FILE', certFile),
  key: await readPem('RTMPS_KEY_FILE', keyFile),
})

const readPem = (name: string, file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new StartFault(`${name}: ${file} cannot be read (${error.code})`, { cause: error })
  })
