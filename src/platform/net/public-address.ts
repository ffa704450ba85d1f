import net from 'node:net'

/**
 * What is not globally reachable unicast, by the IANA IPv4 Special-Purpose Address Registry; and multicast. 192.0.0.0/24
 * and the 6to4 relays (RFC 7526) go whole, though single addresses in them are global.
 */
const closedIpv4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const

/** All of IPv6 that IANA has given out as global unicast; the rest is special or unassigned. */
const globalIpv6 = [['2000::', 3]] as const

/** What in it is special, by the IANA IPv6 Special-Purpose Address Registry. 2001::/23 goes whole, but for Teredo. */
const closedIpv6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
] as const

/** Addresses that lead to an IPv4 address, and at which of their 16-bit groups that stands. */
const embeddings = [
  { prefix: ['::', 96], group: 6, inverted: false }, // IPv4-compatible, RFC 4291 section 2.5.5.1; also :: and ::1
  { prefix: ['::ffff:0:0', 96], group: 6, inverted: false }, // IPv4-mapped, RFC 4291 section 2.5.5.2
  { prefix: ['64:ff9b::', 96], group: 6, inverted: false }, // NAT64, RFC 6052
  { prefix: ['2002::', 16], group: 1, inverted: false }, // 6to4, RFC 3056
  { prefix: ['2001::', 32], group: 2, inverted: false }, // Teredo: its server, RFC 4380 section 4
  { prefix: ['2001::', 32], group: 6, inverted: true }, // Teredo: its client
] as const

const listOf = (subnets: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6') => {
  const list = new net.BlockList()
  for (const [network, prefixBits] of subnets) list.addSubnet(network, prefixBits, family)
  return list
}

const ipv4Closed = listOf(closedIpv4, 'ipv4')
const ipv6Global = listOf(globalIpv6, 'ipv6')
const ipv6Closed = listOf(closedIpv6, 'ipv6')
const ipv6Embeddings = embeddings.map((embedding) => ({
  ...embedding,
  list: listOf([embedding.prefix], 'ipv6'),
}))

/**
 * Whether an address is globally reachable unicast. Addresses that carry an IPv4 address are judged by that one. What is
 * no IP address in its plain spelling, or names a zone (`fe80::1%eth0`), is not.
 */
export const isPublicAddress = (ip: string): boolean => {
  if (net.isIPv4(ip)) return !ipv4Closed.check(ip, 'ipv4')
  if (!net.isIPv6(ip) || ip.includes('%')) return false
  const carried = ipv6Embeddings.filter(({ list }) => list.check(ip, 'ipv6'))
  if (carried.length === 0) return ipv6Global.check(ip, 'ipv6') && !ipv6Closed.check(ip, 'ipv6')
  const groups = groupsOf(ip)
  return carried.every(({ group, inverted }) => isPublicAddress(ipv4At(groups, group, inverted)))
}

/** The 8 groups of an IPv6 address, whose spelling a URL makes uniform. */
const groupsOf = (ip: string): number[] => {
  const { hostname } = new URL(`http://[${ip}]/`)
  const [head = [], tail = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array<string>(8 - head.length - tail.length).fill('0')
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16))
}

const ipv4At = (groups: number[], at: number, inverted: boolean): string =>
  groups
    .slice(at, at + 2)
    .map((group) => (inverted ? group ^ 0xffff : group))
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.')
