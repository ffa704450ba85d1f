import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { type MeasuredProcess, startProcess, stopProcess } from '../../../bench/measured-process.ts'
import { migrate } from '../../../src/platform/database/migrate.ts'

const startTimeoutMs = 30_000
const unlimited = '10000000'

/** The `api` processes of Backlot, as they are in production but for their rate limits. */
export class Backlot {
  readonly #processes: MeasuredProcess[]

  private constructor(processes: MeasuredProcess[]) {
    this.#processes = processes
    process.once('exit', () => {
      for (const { child } of processes) child.kill('SIGKILL')
    })
  }

  /** Migrates, and resolves when `count` processes answer. Their logs are in `directory`. */
  static async start(
    directory: string,
    database: { primaryUrl: string; replicasUrl: string },
    count: number,
  ): Promise<Backlot> {
    await migrate(database.primaryUrl, false)
    const dataDir = path.join(directory, 'backlot')
    fs.mkdirSync(dataDir, { mode: 0o700 })
    const env = {
      DATABASE_URL: database.primaryUrl,
      DATABASE_REPLICA_URLS: database.replicasUrl,
      SECRET_KEY: randomBytes(32).toString('base64url'),
      BACKLOT_DATA_DIR: dataDir,
      PORT: '0',
      RATE_LIMIT_ADDRESS_PER_MINUTE: unlimited,
      RATE_LIMIT_IDENTITY_PER_MINUTE: unlimited,
    }
    const processes: MeasuredProcess[] = []
    const backlot = new Backlot(processes)
    try {
      for (let at = 1; at <= count; at += 1) {
        const logFile = path.join(directory, `api${at}.log`)
        processes.push(await inTime(startProcess('src/main.ts', ['api'], { env, logFile })))
      }
      return backlot
    } catch (error) {
      await backlot.close()
      throw error
    }
  }

  get origins(): string[] {
    return this.#processes.map(({ port }) => `http://127.0.0.1:${port}`)
  }

  /** Whether every process is the one that was started. */
  get isUnbroken(): boolean {
    return this.#processes.every(({ child }) => child.exitCode === null && child.signalCode === null)
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map(stopProcess))
  }
}

const inTime = async <Value>(promise: Promise<Value>): Promise<Value> => {
  const timedOut = Promise.withResolvers<never>()
  const timer = setTimeout(() => timedOut.reject(new Error('Backlot did not start in time')), startTimeoutMs)
  return await Promise.race([promise, timedOut.promise]).finally(() => clearTimeout(timer))
}

const signedUp = z.object({ data: z.object({ accessToken: z.string() }) })

/** Access tokens of new users. They are good for 15 minutes, longer than a run may take. */
export const signUpUsers = async (origin: string, count: number): Promise<string[]> =>
  await Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const response = await fetch(`${origin}/v1/auth/signup`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: `writer${at}@example.com`, password: 'seven green bottles' }),
        signal: AbortSignal.timeout(startTimeoutMs),
      })
      if (!response.ok) throw new Error(`Nobody can sign up: ${response.status} ${await response.text()}`)
      return signedUp.parse(await response.json()).data.accessToken
    }),
  )
