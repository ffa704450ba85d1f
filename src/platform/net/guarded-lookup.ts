import dns from 'node:dns'
import net from 'node:net'
import { isPublicAddress } from './public-address.ts'

const lookupTimeoutMs = 5_000

/** Names that lead into a machine or a private network, wherever they are asked for (RFC 6761, 6762, 8375; ICANN .internal). */
const privateSuffixes = ['localhost', 'local', 'internal', 'localdomain', 'lan', 'intranet', 'home.arpa']

/** Refused because a name or an address is not on the public internet. */
export class PrivateAddressError extends Error {
  readonly code = 'PRIVATE_ADDRESS'
  constructor(host: string) {
    super(`${host} is not on the public internet.`)
    this.name = 'PrivateAddressError'
  }
}

type GuardOptions = {
  /** Lets every address through, for installations whose receivers are in the same network. */
  allowPrivate: boolean
  /** How long DNS may take, in milliseconds. */
  timeoutMs?: number
}

/**
 * A `lookup` for sockets, which resolves all addresses of a name and refuses it when any of them is not public: the
 * address that was judged is the one that is connected to, so a name that changes its answer gains nothing. Sockets do not
 * call it for hosts that are IP addresses already: open connections by `connectGuarded`, which judges these too.
 */
export const guardedLookup = ({
  allowPrivate,
  timeoutMs = lookupTimeoutMs,
}: GuardOptions): net.LookupFunction => {
  return (hostname, options, callback) => {
    let answered = false
    const answer = (error: NodeJS.ErrnoException | null, found: dns.LookupAddress[]) => {
      if (answered) return
      answered = true
      clearTimeout(overdue)
      const [first] = found
      if (error !== null || first === undefined) callback(error ?? notFound(hostname), '', 0)
      else if (options.all) callback(null, found)
      else callback(null, first.address, first.family)
    }
    const overdue = setTimeout(() => answer(timedOut(hostname, timeoutMs), []), timeoutMs)
    dns.lookup(hostname, { all: true, order: 'verbatim' }, (error, found) => {
      if (error !== null) return answer(error, [])
      const refused = !allowPrivate && !found.every(({ address }) => isPublicAddress(address))
      if (refused) return answer(new PrivateAddressError(hostname), [])
      answer(
        null,
        found.filter(({ family }) => isOfFamily(family, options.family)),
      )
    })
  }
}

const isOfFamily = (family: number, wanted: dns.LookupOptions['family']): boolean =>
  wanted === undefined || wanted === 0 || family === (wanted === 'IPv4' ? 4 : wanted === 'IPv6' ? 6 : wanted)

const timedOut = (hostname: string, timeoutMs: number) =>
  Object.assign(new Error(`DNS did not answer for ${hostname} within ${timeoutMs} ms.`), { code: 'ETIMEOUT' })

const notFound = (hostname: string) =>
  Object.assign(new Error(`${hostname} has no address.`), { code: 'ENOTFOUND' })

/**
 * Why a URL's host may not be connected to, judged without DNS; undefined when nothing speaks against it. Takes IP
 * addresses in every spelling that WHATWG URL reads (`0x7f.1`, `2130706433`, `127.1.`, `[::ffff:127.0.0.1]`), which
 * `new URL` leaves as they are where the scheme is not `http`, such as in `rtmp://0x7f.1/`. A name may still lead to a
 * private address: `connectGuarded` sees to that.
 */
export const hostFault = (hostname: string): string | undefined => {
  const host = canonicalHost(hostname)
  if (host === undefined) return 'This is no host name.'
  const ip = host.startsWith('[') ? host.slice(1, -1) : host
  if (net.isIP(ip) !== 0)
    return isPublicAddress(ip) ? undefined : 'This address is not on the public internet.'
  const isPrivate =
    !host.includes('.') || privateSuffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`))
  return isPrivate ? 'This name is not one of the public internet.' : undefined
}

/** The host as an http URL spells it, without final dots; undefined when it is none, or more than a host. */
export const canonicalHost = (hostname: string): string | undefined => {
  const written = net.isIPv6(hostname) ? `[${hostname}]` : hostname
  if (/[/?#@\\\s]|:(?![^[]*\]$)/.test(written)) return undefined
  const host = URL.parse(`http://${written}/`)?.hostname.replace(/\.+$/, '')
  return host === '' ? undefined : host
}
