import { once } from 'node:events'
import { existsSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import pg from 'pg'
import type { RoleConfig } from '../../src/app/join-database.ts'
import { runRole } from '../../src/app/role-process.ts'

/**
 * Stands in for `src/main.ts`: roles small enough to see how they are started and stopped. FAKE_FAULT makes one of them
 * misbehave.
 */
const fault = process.env.FAKE_FAULT
const role = process.argv[2] ?? ''

if (role === 'prepare') {
  process.send?.({ type: 'prepared', adminLink: 'http://localhost/first-admin' }, () => process.exit())
}

const recordEnd = async (config: RoleConfig) => {
  const client = new pg.Client(config.database.url)
  await client.connect()
  await client.query('CREATE TABLE IF NOT EXISTS ended (role text)')
  await client.query('INSERT INTO ended VALUES ($1)', [role])
  await client.end()
}

/** As roles do: one that has just connected may still ask. */
const drain = async (server: http.Server) => {
  const closed = once(server, 'close')
  net.Server.prototype.close.call(server)
  await closed
}

const startApi = async (config: RoleConfig) => {
  if (existsSync(path.join(config.dataDir, 'broken'))) process.exit(78)
  if (fault === 'api-never-starts') throw new Error('this role is broken')
  const server = http.createServer((request, response) => {
    response.setHeader('connection', 'close')
    process.stdout.write(`begun ${request.url}\n`)
    if (request.url === '/uncaught') setImmediate(() => void Promise.reject(new Error('nobody caught this')))
    const delayMs = request.url === '/slow' ? 700 : 0
    setTimeout(() => response.end(String(process.pid)), delayMs)
  })
  server.listen(config.http.port, config.http.host)
  await once(server, 'listening')
  const { port } = server.address() as import('node:net').AddressInfo
  return { server, address: `http://127.0.0.1:${port}` }
}

if (role !== 'prepare')
  await runRole(role, async ({ config }) => {
    const api = role === 'api' ? await startApi(config) : undefined
    return {
      ...(api === undefined ? {} : { address: api.address }),
      stop: async () => {
        if (fault === `${role}-never-stops`) await new Promise(() => setInterval(() => undefined, 1_000))
        if (api !== undefined) await drain(api.server)
        await recordEnd(config)
      },
    }
  })
