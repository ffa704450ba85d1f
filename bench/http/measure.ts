import { once } from 'node:events'
import { cpuMicrosecondsOf, type MeasuredProcess } from '../measured-process.ts'
import { median, printTarget } from '../report.ts'
import type { Load, LoadReport } from './load.ts'
import type { Stage } from './stage.ts'

/** CPU of the servers, and of PostgreSQL, a request. */
export type Measured = LoadReport & { serverUs: number; postgresUs: number }

export const measure = async (
  { generator, database }: Pick<Stage, 'generator' | 'database'>,
  servers: MeasuredProcess[],
  load: Omit<Load, 'ports'>,
): Promise<Measured> => {
  const cpuOf = (pids: number[]) => pids.reduce((sum, pid) => sum + cpuMicrosecondsOf(pid), 0)
  const groups = [servers.map(({ pid }) => pid), database.pids()]
  const before = groups.map(cpuOf)
  generator.child.send({ ...load, ports: servers.map(({ port }) => port) })
  const [report]: LoadReport[] = await once(generator.child, 'message')
  if (report === undefined) throw new Error('The load generator said nothing')
  const [serverUs = 0, postgresUs = 0] = groups.map(
    (pids, at) => (cpuOf(pids) - (before[at] ?? 0)) / report.requests,
  )
  return { ...report, serverUs, postgresUs }
}

export type Contestant = {
  name: string
  servers: MeasuredProcess[]
  plans: string[][]
}

export const connections = 64
const rounds = 5
const roundSeconds = 1.5
/** V8 goes on compiling what is hot for some 50,000 requests. */
const warmUpSeconds = 2

/** All in turns, so that each is measured on the same machine as the others, and without pauses. Prints a line for each. */
export const measureInTurns = async (stage: Stage, contestants: Contestant[]): Promise<Measured[][]> => {
  const measured: Measured[][] = contestants.map(() => [])
  const run = ({ servers, plans }: Contestant, seconds: number) =>
    measure(stage, servers, { seconds, plans, pauseMs: 0 })
  for (const contestant of contestants) await run(contestant, warmUpSeconds)
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, contestant] of contestants.entries()) {
      measured[at]?.push(await run(contestant, roundSeconds))
    }
  }
  return measured
}

/** How many times the requests of another one does, as the median of the rounds. */
export const ratioOf = (measured: Measured[] = [], other: Measured[] = []): number =>
  median(measured.map(({ perSecond }, round) => perSecond / (other[round]?.perSecond ?? Number.NaN)))

export const failuresOf = (measured: Measured[][]): number =>
  measured.flat().reduce((sum, { failures }) => sum + failures, 0)

/** Measures Backlot beside the bare server. The first line says the ratio. */
export const compareWithBare = async (
  stage: Stage,
  what: string,
  plansFor: (port: number) => string[][],
  least?: { ratio: number; text: string },
): Promise<void> => {
  const contestants = [
    { name: 'Backlot', servers: [stage.api], plans: plansFor(stage.api.port) },
    { name: 'bare node:http + pg', servers: [stage.bare], plans: plansFor(stage.bare.port) },
  ]
  const measured = await measureInTurns(stage, contestants)
  const ratio = ratioOf(measured[0], measured[1])
  const failures = failuresOf(measured)
  const line = `${what}: ${ratio.toFixed(2)} of the bare server, ${failures} failures`
  printTarget(
    line,
    least === undefined ? '0 failures' : `${least.text}; 0 failures`,
    ratio >= (least?.ratio ?? 0) && failures === 0,
  )
  for (const [at, { name }] of contestants.entries()) printMeasured(name, measured[at])
}

export const printMeasured = (name: string, measured: Measured[] = []): void => {
  const of = (key: keyof Measured) => median(measured.map((each) => each[key]))
  const [serverUs, postgresUs] = [of('serverUs'), of('postgresUs')]
  console.log(
    `     ${name.padEnd(20)} ${of('perSecond').toFixed(0).padStart(6)} req/s   p50 ${of('p50Ms').toFixed(1)} ms   ` +
      `p99 ${of('p99Ms').toFixed(1)} ms   CPU a request: server ${serverUs.toFixed(0)} us, ` +
      `PostgreSQL ${postgresUs.toFixed(0)} us (${((100 * postgresUs) / (serverUs + postgresUs)).toFixed(0)} %)`,
  )
}
