import { once } from 'node:events'
import type net from 'node:net'
import { connectGuarded } from '../../../platform/net/connect-guarded.ts'

export type DialOptions = { allowPrivate: boolean; signal: AbortSignal }

const connectTimeoutMs = 5_000
const keepAliveAfterMs = 10_000
const defaultPorts: Record<string, number> = { 'rtmp:': 1935, 'rtmps:': 443 }

/** Where a destination's URL leads: `rtmp://host[:port]/application`. */
export const readTargetUrl = (url: string) => {
  const { protocol, hostname, port, pathname } = new URL(url)
  const app = pathname.replace(/^\/+|\/+$/g, '')
  return {
    host: hostname,
    port: port === '' ? (defaultPorts[protocol] ?? 1935) : Number(port),
    secure: protocol === 'rtmps:',
    app,
    tcUrl: `${protocol}//${hostname}${port === '' ? '' : `:${port}`}/${app}`,
  }
}

/**
 * Connects to a destination. The address is checked each time, because a name may lead elsewhere each time.
 * @throws what the network says; `PRIVATE_ADDRESS`; `ETIMEDOUT` after 5 s
 */
export const dial = async (url: string, { allowPrivate, signal }: DialOptions): Promise<net.Socket> => {
  const { host, port, secure } = readTargetUrl(url)
  const socket = connectGuarded({ host, port, secure, allowPrivate })
  const overdue = AbortSignal.timeout(connectTimeoutMs)
  try {
    await once(socket, secure ? 'secureConnect' : 'connect', { signal: AbortSignal.any([signal, overdue]) })
  } catch (error) {
    socket.on('error', () => undefined)
    socket.destroy()
    throw overdue.aborted && !signal.aborted ? timedOut() : error
  }
  socket.setNoDelay(true)
  socket.setKeepAlive(true, keepAliveAfterMs)
  return socket
}

const timedOut = () =>
  Object.assign(new Error(`No connection within ${connectTimeoutMs / 1_000} s.`), { code: 'ETIMEDOUT' })
