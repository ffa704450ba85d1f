import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

/**
 * Who may read metrics: whoever sends the token, or without one this machine.
 * @param addresses of the client, as the connection and, where there is a proxy, as that one tells it
 */
export const mayReadMetrics = (
  token: string | undefined,
  headers: IncomingHttpHeaders,
  addresses: (string | undefined)[],
): boolean => {
  if (token === undefined) return addresses.every(isLoopback) && !isForwarded(headers)
  const given = Buffer.from(headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

const isLoopback = (address = ''): boolean => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
  return loopback.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
}

/** A proxy on this machine speaks for others, whether it is trusted or not. */
const isForwarded = (headers: IncomingHttpHeaders): boolean =>
  headers['x-forwarded-for'] !== undefined ||
  headers.forwarded !== undefined ||
  headers['x-real-ip'] !== undefined
