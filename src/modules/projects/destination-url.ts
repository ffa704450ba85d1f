import { z } from 'zod'
import { invalidField } from '../../platform/errors.ts'
import { canonicalHost, hostFault } from '../../platform/net/guarded-lookup.ts'

const longestUrl = 512
const schemes = ['rtmp:', 'rtmps:']
/** Of RTMP (Adobe's RTMP 1.0) and, by custom, of RTMPS. */
const defaultPort: Record<string, string> = { 'rtmp:': '1935', 'rtmps:': '443' }
/** One application, perhaps with an instance: characters that RFC 3986 allows in a path. */
const application = /^(\/[\w.~!$&'()*+,;=:@%-]+)+$/

/** The address of a platform as it is kept: host and path in one spelling, and nothing but scheme, host, port and application. */
export const destinationUrlField = z
  .string()
  .trim()
  .max(longestUrl)
  .transform((text, context) => {
    const read = readDestinationUrl(text)
    if ('url' in read) return read.url
    context.addIssue({ code: 'custom', message: read.fault })
    return z.NEVER
  })
  .meta({ example: 'rtmps://live.example.com:443/app' })

const readDestinationUrl = (text: string): { url: string } | { fault: string } => {
  const url = /[\s\p{Cc}]/u.test(text) ? null : URL.parse(text)
  if (url === null || !schemes.includes(url.protocol)) return { fault: 'An rtmp:// or rtmps:// URL.' }
  if (url.username !== '' || url.password !== '')
    return { fault: 'A user name or password has no place here.' }
  if (url.search !== '' || url.hash !== '') return { fault: 'A query or fragment has no place here.' }
  const host = url.hostname === '' ? undefined : canonicalHost(url.hostname)
  if (host === undefined) return { fault: 'The host is not valid.' }
  if (url.port === '0') return { fault: 'The port is not valid.' }
  const path = url.pathname.replace(/\/+$/, '')
  if (!application.test(path)) {
    return { fault: 'Name the application behind the host, such as rtmp://live.example.com/app.' }
  }
  return { url: `${url.protocol}//${host}${url.port === '' ? '' : `:${url.port}`}${path}` }
}

/**
 * @param url as `destinationUrlField` gives it
 * @throws 422 for an address that no platform has, unless this installation allows them
 */
export const refusePrivateHost = (url: string, allowPrivateDestinations: boolean): void => {
  if (allowPrivateDestinations) return
  const fault = hostFault(new URL(url).hostname)
  if (fault !== undefined) throw invalidField('url', 'private_host', fault)
}

/** Whether both are one server, asked in the same way: then the key of one may be sent to the other. */
export const isSameServer = (one: string, other: string): boolean => serverOf(one) === serverOf(other)

const serverOf = (text: string): string => {
  const { protocol, hostname, port } = new URL(text)
  return `${protocol}//${hostname}:${port === '' ? defaultPort[protocol] : port}`
}
