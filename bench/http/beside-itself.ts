import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { printTarget } from '../report.ts'
import { failuresOf, measure, measureInTurns, printMeasured, ratioOf } from './measure.ts'
import { createPlans, getPlans, listPlans, publicPlans } from './requests.ts'
import type { Stage } from './stage.ts'

/** Reads that the cache answers, of who is nobody in particular, beside those of who is signed in, which it never does. */
export const compareCached = async (stage: Stage): Promise<void> => {
  const servers = [stage.api]
  const contestants = [
    { name: 'public, cached', servers, plans: publicPlans(stage, stage.api.port) },
    { name: 'signed in', servers, plans: getPlans(stage, stage.api.port) },
  ]
  const measured = await measureInTurns(stage, contestants)
  const ratio = ratioOf(measured[0], measured[1]).toFixed(2)
  report(`GET of one post from the cache: ${ratio} of those from the database`, contestants, measured)
}

/** On one machine with all the rest, two processes only have what one leaves. */
export const compareProcesses = async (stage: Stage): Promise<void> => {
  const second = await stage.startApi()
  const plans = getPlans(stage, stage.api.port)
  const contestants = [
    { name: 'two processes', servers: [stage.api, second], plans },
    { name: 'one process', servers: [stage.api], plans },
  ]
  const measured = await measureInTurns(stage, contestants)
  const ratio = ratioOf(measured[0], measured[1]).toFixed(2)
  report(`GET of one post by two processes: ${ratio} of one`, contestants, measured)
}

const report = (
  what: string,
  contestants: { name: string }[],
  measured: Awaited<ReturnType<typeof measureInTurns>>,
): void => {
  const failures = failuresOf(measured)
  printTarget(`${what}; ${failures} failures`, '0 failures', failures === 0)
  for (const [at, { name }] of contestants.entries()) printMeasured(name, measured[at])
}

const shareSeconds = 3
/** A connection tells its times once a second at most, with the next statement that it answers. */
const toldAfterMs = 1_100
const nudgeSeconds = 0.2
/** And one that has nothing to answer, after ten. */
const idleToldAfterMs = 10_500

/**
 * How much of the time that a lone client waits PostgreSQL works on a statement of his: `active_time` of `pg_stat_database`
 * beside the sum of all latencies. With many clients they would mostly wait for each other. The CPU is that of the `api`
 * process and PostgreSQL.
 */
export const measureDatabaseShare = async (stage: Stage): Promise<void> => {
  const client = new pg.Client({ connectionString: stage.database.url })
  await client.connect()
  try {
    await delay(idleToldAfterMs)
    const { port } = stage.api
    for (const [what, plans] of [
      ['GET of one post', getPlans(stage, port)],
      ['GET of 20 posts', listPlans(stage, port)],
      ['POST of a draft', createPlans(stage, port, 'draft')],
    ] as const) {
      const load = { plans: plans.slice(0, 1), pauseMs: 0 }
      const run = (seconds: number) => measure(stage, [stage.api], { ...load, seconds })
      const activeMs = async () => {
        await delay(toldAfterMs)
        const { totalMs } = await run(nudgeSeconds)
        const { rows } = await client.query<{ ms: number }>(
          'select active_time as ms from pg_stat_database where datname = current_database()',
        )
        return { ms: rows[0]?.ms ?? 0, nudgeMs: totalMs }
      }
      const before = await activeMs()
      const { totalMs, serverUs, postgresUs } = await run(shareSeconds)
      const after = await activeMs()
      const ofLatency = (after.ms - before.ms) / (totalMs + after.nudgeMs)
      const ofCpu = postgresUs / (serverUs + postgresUs)
      console.log(
        `     ${what} on one connection: PostgreSQL is ${percent(ofLatency)} of the latency, ${percent(ofCpu)} of the CPU`,
      )
    }
  } finally {
    await client.end()
  }
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`
