// Whether the role of this container lives, for HEALTHCHECK: `node bin/healthcheck.mjs [role]`. Exit code 0 or 1.
// It asks no more than that: a container that is ended because its database is away helps nobody.
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'

const timeoutMs = 4_000

/** The role is the last word of the first process, unless it is given. */
const roleOfContainer = () => {
  const words = fs.readFileSync('/proc/1/cmdline', 'utf8').split('\0').filter(Boolean)
  return words[words.findIndex((word) => word.endsWith('backlot.mjs')) + 1]
}

/** Listening on every address includes this one. */
const host = () => {
  const { HOST = '127.0.0.1' } = process.env
  return { '0.0.0.0': '127.0.0.1', '::': '::1', '': '127.0.0.1' }[HOST] ?? HOST
}

const askAt = async (port) => {
  const authority = net.isIPv6(host()) ? `[${host()}]` : host()
  const url = `http://${authority}:${port}/health/live`
  const { status } = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
  if (status !== 200) throw new Error(`${url} answered ${status}`)
}

const { PORT, RTMP_PORT, HEALTH_PORT } = process.env

const api = () => askAt(PORT || 4000)

const live = async () => {
  if (HEALTH_PORT) await askAt(HEALTH_PORT)
  const socket = net.connect({ host: host(), port: Number(RTMP_PORT || 1935) })
  await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) })
  socket.destroy()
}

/** Without HEALTH_PORT a worker listens nowhere; its container ends with it. */
const worker = async () => {
  if (HEALTH_PORT) await askAt(HEALTH_PORT)
}

const role = process.argv[2] ?? roleOfContainer()
const checks = { api, live, worker }
try {
  if (!Object.hasOwn(checks, role)) throw new Error(`${role} is not a role with a health check`)
  await checks[role]()
} catch (error) {
  process.stderr.write(`${error.message}${error.cause ? ` (${error.cause.message})` : ''}\n`)
  process.exitCode = 1
}
