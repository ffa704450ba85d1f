import net from 'node:net'
import type { Config } from '../platform/config/config.ts'

/** Where encoders publish, as told to a client that reaches the API by `hostname`. */
export const ingestUrls =
  ({ rtmpPort, rtmps, publicHost }: Config['live']) =>
  (hostname: string): [string, ...string[]] => {
    const host = publicHost === undefined ? hostname : bracketed(publicHost)
    const secure = rtmps === undefined ? [] : [`rtmps://${host}:${rtmps.port}/live`]
    return [`rtmp://${host}:${rtmpPort}/live`, ...secure]
  }

const bracketed = (host: string) => (net.isIPv6(host) ? `[${host}]` : host)
