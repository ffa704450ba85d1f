import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { projectDir } from '../../src/app/project-dir.ts'
import { writeBackupState } from '../../src/platform/backup/backup-state.ts'
import { workerReports } from '../../src/platform/observability/worker-reports.table.ts'
import { call, signUp } from '../harness/client.ts'
import { readExposition, type Sample } from '../harness/exposition.ts'
import { runProgram } from '../harness/program.ts'
import { provideProgram } from '../harness/provide-program.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

const at = (name: string) => path.join(projectDir, 'deploy', name)
const promtoolIsHere = await provideProgram('promtool', 'prometheus')

type Rule = { record?: string; alert?: string; expr: string }
const rules: Rule[] = parse(fs.readFileSync(at('prometheus/backlot.rules.yml'), 'utf8')).groups.flatMap(
  (group: { rules: Rule[] }) => group.rules,
)
const dashboard = JSON.parse(fs.readFileSync(at('grafana/backlot.json'), 'utf8'))
const panels: { title: string; gridPos: object; targets?: { expr: string }[] }[] = dashboard.panels
const shown = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
const autoscaling: string[] = [
  parse(fs.readFileSync(at('helm/backlot/values.yaml'), 'utf8')).worker.autoscaling.query,
]
const asked = [...rules.map(({ expr }) => expr), ...shown, ...autoscaling]

/** Told only by processes that have DATABASE_REPLICA_URLS. */
const needsReplicas = (name: string) => name.startsWith('backlot_db_replica_')

let backlot: TestApp
let text: string
let samples: Sample[]
beforeAll(async () => {
  backlot = await startTestApp({ worker: true, live: true })
  await writeBackupState(backlot.dataDir, { everyMs: 3_600_000, newestAt: null, lastFailure: null })
  const user = await signUp(backlot)
  await backlot.platform.db.execute(
    `insert into jobs (type, queue, params, run_at) values ('test', 'images', '{}', now() + interval '1 day')`,
  )
  const headers = { prefer: 'wait=20' }
  const body = { prompt: 'a red house', style: 'sketch' }
  await call(backlot, user, 'POST', '/v1/generations', { body, headers })
  // A worker reports every 5 s.
  text = await vi.waitFor(
    async () => {
      const page = (await call(backlot, undefined, 'GET', '/metrics')).text
      expect(page).toContain('backlot_job_duration_seconds_count{')
      return page
    },
    { timeout: 15_000, interval: 100 },
  )
  samples = readExposition(text)
})
afterAll(() => backlot.close())

test('rules, dashboard and autoscaling ask for metrics that there are, by labels that they have', () => {
  const families = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
  const recorded = new Set(rules.map(({ record }) => record))
  const known = (name: string) =>
    recorded.has(name) || families.has(name) || families.has(name.replace(/_(bucket|count|sum)$/, ''))
  let checked = 0
  for (const expression of asked) {
    for (const [, name = '', matchers = ''] of expression.matchAll(
      /(backlot[_:][a-z0-9_:]+)(?:\{([^}]*)\})?/g,
    )) {
      if (needsReplicas(name)) continue
      expect(known(name), name).toBe(true)
      const sample = samples.find((each) => each.name === name)
      for (const [, label = ''] of matchers.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)) {
        if (sample === undefined || givenByPrometheus.has(label)) continue
        expect(Object.keys(sample.labels), `${name} in ${expression}`).toContain(label)
      }
      checked += 1
    }
  }
  expect(checked).toBeGreaterThan(60)
})

const givenByPrometheus = new Set(['instance', 'job'])

test('what a process cannot tell yet leaves the page readable', async () => {
  const metrics = [
    { name: 'backlot_worker_mean', help: 'A mean.', type: 'gauge', values: [{ labels: {}, value: NaN }] },
  ]
  await backlot.platform.db.insert(workerReports).values({ workerId: 'new:1', metrics })
  const page = readExposition((await call(backlot, undefined, 'GET', '/metrics')).text)
  expect(page).toContainEqual({ name: 'backlot_worker_mean', labels: { worker: 'new:1' }, value: NaN })
})

test('panels do not overlap', () => {
  const cells = panels.flatMap(({ gridPos }) => cellsOf(gridPos as Record<'x' | 'y' | 'w' | 'h', number>))
  expect(new Set(cells).size).toBe(cells.length)
})

const cellsOf = ({ x, y, w, h }: Record<'x' | 'y' | 'w' | 'h', number>) =>
  Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`)

test.runIf(promtoolIsHere)('promtool takes the rules, and each of them alarms when it should', async () => {
  await runProgram('promtool', ['check', 'rules', '--lint-fatal', at('prometheus/backlot.rules.yml')])
  await runProgram('promtool', ['test', 'rules', at('prometheus/backlot.tests.yml')])
  await runProgram('promtool', ['check', 'config', '--syntax-only', at('prometheus/prometheus.yml')])
  const tests = fs.readFileSync(at('prometheus/backlot.tests.yml'), 'utf8')
  const alarming = new Set([...tests.matchAll(/alertname: (\w+)\n\s+exp_alerts:\n/g)].map(([, name]) => name))
  const alerts = rules.flatMap(({ alert }) => alert ?? [])
  expect([...alarming].toSorted()).toEqual(alerts.toSorted())
})

test.runIf(promtoolIsHere)('promtool takes what the dashboard and the autoscaling ask for', async () => {
  const directory = makeTemporaryDirectory()
  const file = path.join(directory, 'asked.json')
  // Grafana fills in its variables first.
  const filled = [...shown, ...autoscaling].map((expr) => expr.replaceAll('$__rate_interval', '1m'))
  const asRules = filled.map((expr, index) => ({ record: `asked:${index}`, expr }))
  fs.writeFileSync(file, JSON.stringify({ groups: [{ name: 'asked', rules: asRules }] }))
  await runProgram('promtool', ['check', 'rules', file])
  removeTemporaryDirectory(directory)
})

test.runIf(promtoolIsHere)('promtool takes the exposition', async () => {
  const directory = makeTemporaryDirectory()
  const file = path.join(directory, 'metrics.txt')
  fs.writeFileSync(file, text)
  const failure = await runProgram('sh', ['-c', 'promtool check metrics < "$0"', file]).catch(String)
  // prom-client's own gauges, whose names cannot be chosen.
  const others = String(failure ?? '')
    .split('\n')
    .filter((line) => !/_nodejs_active_(handles|requests|resources)_total non-counter metrics/.test(line))
  expect(others.filter((line) => line !== '' && !line.startsWith('Error: sh ended with 3'))).toEqual([])
  removeTemporaryDirectory(directory)
})
