import net from 'node:net'
import tls from 'node:tls'
import { canonicalHost, guardedLookup, PrivateAddressError } from './guarded-lookup.ts'
import { isPublicAddress } from './public-address.ts'

export type GuardedTarget = {
  /** A name or an IP address, as it stands in a URL; IPv6 with or without brackets. */
  host: string
  port: number
  /** TLS with a certificate that holds for the host. */
  secure: boolean
  /** Lets every address through. */
  allowPrivate: boolean
}

/**
 * Connects to a host that a user chose, and only on the public internet. Names are judged by all their addresses, and IP
 * addresses by what they are in any spelling. Time limits are the caller's (`socket.setTimeout`, `socket.destroy`).
 * @returns a socket that is connecting; refused, it fails with `PrivateAddressError` (code `PRIVATE_ADDRESS`)
 */
export const connectGuarded = ({ host, port, secure, allowPrivate }: GuardedTarget): net.Socket => {
  const ip = canonicalHost(host)?.replace(/^\[|\]$/g, '')
  if (ip === undefined || (net.isIP(ip) !== 0 && !allowPrivate && !isPublicAddress(ip))) {
    return new net.Socket().destroy(new PrivateAddressError(host))
  }
  const options = { host: ip, port, lookup: guardedLookup({ allowPrivate }) }
  if (!secure) return net.connect(options)
  return tls.connect({ ...options, ...(net.isIP(ip) === 0 ? { servername: ip } : {}) })
}
