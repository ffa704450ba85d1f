import type { AmfValue } from './amf0.ts'
import { type Command, field, statusOf } from './command.ts'
import { peerText } from './peer-text.ts'

/** The one application that publishers connect to. */
const ingestApp = 'live'

/** `keyInApp`: what stands behind `live/`, or ''. `encoder` and `tcUrl` as the publisher gives them. */
export type ConnectRequest = { keyInApp: string; encoder: string | undefined; tcUrl: string | undefined }

/** Undefined when another application is asked for than `live`, `live/` or `live/KEY`, each with or without a query. */
export const readConnect = ({ object }: Command): ConnectRequest | undefined => {
  const app = field(object, 'app')
  if (typeof app !== 'string') return undefined
  const [name, keyInApp = '', ...more] = withoutQuery(app)
    .split('/', 8)
    .filter((part) => part !== '')
  if (name !== ingestApp || more.length > 0) return undefined
  return {
    keyInApp,
    encoder: peerText(field(object, 'flashVer'), 100),
    tcUrl: peerText(field(object, 'tcUrl'), 512),
  }
}

export const withoutQuery = (name: string): string => name.split('?', 1)[0] ?? ''

const canForward = 4
const multitrackAndModEx = 2 + 4

/**
 * The arguments of `_result`: what the server is, and that any codec is passed on.
 *
 * @see Enhanced RTMP v2, "Enhancing NetConnection connect Command"
 */
export const connectSucceeded: AmfValue[] = [
  {
    fmsVer: 'FMS/3,5,7,7009',
    capabilities: 31,
    mode: 1,
    fourCcList: ['hvc1', 'av01', 'vp09', 'avc1', 'Opus', 'fLaC', 'ac-3', 'ec-3', 'mp4a', '.mp3'],
    videoFourCcInfoMap: { '*': canForward },
    audioFourCcInfoMap: { '*': canForward },
    capsEx: multitrackAndModEx,
  },
  {
    ...statusOf('status', 'NetConnection.Connect.Success', 'Connection succeeded.'),
    objectEncoding: 0,
  },
]

/** The arguments of `_error` for another application. */
export const connectRejected: AmfValue[] = [
  null,
  statusOf(
    'error',
    'NetConnection.Connect.InvalidApp',
    `There is no such application; the one to publish to is "${ingestApp}".`,
  ),
]
