import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

/**
 * Who may read metrics: whoever sends the token, or where none is set this machine, asking for itself.
 * @param addresses of the client, as the connection and, where there is a proxy, as that one tells it
 */
export const mayReadMetrics = (
  token: string | undefined,
  headers: IncomingHttpHeaders,
  addresses: (string | undefined)[],
): boolean => {
  if (token === undefined)
    return addresses.every(isLoopback) && isLoopbackHost(headers.host) && !isForwarded(headers)
  const given = Buffer.from(headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

const isLoopback = (address = ''): boolean => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
  return loopback.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
}

/** A proxy on this machine speaks for others, whether it is trusted or not. RFC 9110, 7.6.3: each adds `Via`. */
const isForwarded = (headers: IncomingHttpHeaders): boolean =>
  Object.keys(headers).some(
    (name) => name.startsWith('x-forwarded-') || ['forwarded', 'via', 'x-real-ip'].includes(name),
  )

/**
 * Whether this machine is asked for by a name or address that only it has for itself. A page that a browser on it shows can have a
 * name of its own lead here (DNS rebinding), and a proxy that adds nothing passes on the name it was asked for.
 */
const isLoopbackHost = (host = ''): boolean => {
  const { hostname } = URL.parse(`http://${host}`) ?? {}
  return hostname !== undefined && (hostname === 'localhost' || isLoopback(hostname.replace(/^\[|\]$/g, '')))
}
