import { printTarget } from '../report.ts'
import type { LoadReport } from './load.ts'
import { compareWithBare, connections, measure } from './measure.ts'
import { createPlans, getPlans, listPlans, mixedPlans, searchPlans } from './requests.ts'
import type { Stage } from './stage.ts'
import { mixedPlan, request } from './users.ts'

const manyConnections = 1_000
const mixedSeconds = 6
/** Each user two requests a second. */
const pauseMs = 500
const warmUpSeconds = 3
const nearBare = { ratio: 0.85, text: '0.85 or more' }

export const compareGenerations = async (stage: Stage): Promise<void> => {
  await compareWithBare(
    stage,
    'GET of one generation',
    (port) =>
      stage.people
        .slice(0, connections)
        .map(({ generationIds, token }) =>
          generationIds.map((id) => request('GET', `/generations/${id}`, token, port)),
        ),
    nearBare,
  )
  const plans = stage.people.map((user) => mixedPlan(user, stage.api.port))
  await measureMany(stage, 'of generations', plans)
}

export const compareGet = (stage: Stage) =>
  compareWithBare(stage, 'GET of one post', (port) => getPlans(stage, port), nearBare)

export const compareList = (stage: Stage) =>
  compareWithBare(stage, 'GET of 20 posts', (port) => listPlans(stage, port), {
    ratio: 1,
    text: '1.0 or more',
  })

export const compareSearch = (stage: Stage) =>
  compareWithBare(stage, 'search of posts', (port) => searchPlans(stage, port))

export const compareCreate = async (stage: Stage): Promise<void> => {
  await compareWithBare(stage, 'POST of a draft', (port) => createPlans(stage, port, 'draft'), nearBare)
  await compareWithBare(stage, 'POST of a published post', (port) => createPlans(stage, port, 'published'))
}

export const compareMix = async (stage: Stage): Promise<void> => {
  await compareWithBare(stage, 'reads and writes of posts', (port) => mixedPlans(stage, port, connections))
  await measureMany(stage, 'of posts', mixedPlans(stage, stage.api.port, manyConnections))
}

const measureMany = async (stage: Stage, what: string, plans: string[][]): Promise<void> => {
  await measure(stage, [stage.api], { seconds: warmUpSeconds, plans, pauseMs })
  const paced = await measure(stage, [stage.api], { seconds: mixedSeconds, plans, pauseMs })
  const pace = `${plans.length} connections, ${1_000 / pauseMs} requests a second each, reads and writes ${what}`
  printTarget(
    `${pace}: ${latencies(paced)}`,
    'p95 below 100 ms, 0 failures',
    paced.p95Ms < 100 && paced.failures === 0,
  )
  const flood = await measure(stage, [stage.api], { seconds: mixedSeconds, plans, pauseMs: 0 })
  console.log(`     the same without pauses: ${latencies(flood)}`)
}

function latencies({ perSecond, p50Ms, p95Ms, p99Ms, failures }: LoadReport): string {
  const [p50, p95, p99] = [p50Ms, p95Ms, p99Ms].map((ms) => `${ms.toFixed(0)} ms`)
  return `${perSecond.toFixed(0)} req/s, p50 ${p50}, p95 ${p95}, p99 ${p99}, ${failures} failures`
}
