import net from 'node:net'
import { findFfmpeg } from '../modules/live/ffmpeg.ts'
import { makeFileOfRecording } from '../modules/live/recording/recording-job.ts'
import { deriveLiveKeys } from '../modules/projects/live-keys.ts'
import { endStreamOfDeleted } from '../modules/streams/end-deleted.ts'
import type { StreamRoutesDeps } from '../modules/streams/streams.routes.ts'
import type { Config } from '../platform/config/config.ts'
import type { Platform } from './open-platform.ts'

type LiveApiContext = {
  config: Config
  platform: Platform
  following: Pick<StreamRoutesDeps, 'draining' | 'findActorNow'>
}

/** What the routes of the live engine need. */
export const liveApi = async ({ config, platform, following }: LiveApiContext) => {
  const { db, readDb, notifications } = platform
  const { publicUrl } = config.http
  const { allowPrivateDestinations } = config.live
  const limits = {
    ...config.live.limits,
    get projectsPerUser() {
      return platform.settings.get('live.projectsPerUser')
    },
  }
  const keys = deriveLiveKeys(config.secretKey)
  return {
    projects: {
      ...{ db, readDb, notifications, keys, limits, allowPrivateDestinations, publicUrl },
      ingestUrls: ingestUrls(config.live),
      endStream: endStreamOfDeleted,
    },
    streams: { db, readDb, notifications, ...following },
    publishHooks: {
      ...{ db, notifications, keys, streamsPerUser: limits.streamsPerUser },
      onEnded: makeFileOfRecording,
    },
    previews: {
      ...{ readDb, dataDir: config.dataDir, previewKey: keys.preview, publicUrl },
      hasFfmpeg: (await findFfmpeg()) !== undefined,
    },
  }
}

/** Where encoders publish, as told to a client that reaches the API by `hostname`. */
const ingestUrls =
  ({ rtmpPort, rtmps, publicHost }: Config['live']) =>
  (hostname: string): [string, ...string[]] => {
    const host = publicHost === undefined ? hostname : bracketed(publicHost)
    const secure = rtmps === undefined ? [] : [`rtmps://${host}:${rtmps.port}/live`]
    return [`rtmp://${host}:${rtmpPort}/live`, ...secure]
  }

const bracketed = (host: string) => (net.isIPv6(host) ? `[${host}]` : host)
