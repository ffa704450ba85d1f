import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { projectDir } from '../../src/app/project-dir.ts'
import { variables } from '../../src/platform/config/variables.ts'
import { renderChart } from '../harness/chart.ts'

const chart = path.join(projectDir, 'deploy/helm/backlot')
const ownSecret = { secret: { values: { SECRET_KEY: 'k'.repeat(32), DATABASE_URL: 'postgres://a:b@c/d' } } }
const everything = {
  fullnameOverride: 'studio',
  image: { repository: 'registry.example.com/backlot', tag: '1.2.3' },
  imagePullSecrets: [{ name: 'pull' }],
  secret: { existingSecret: 'mine', keys: ['SECRET_KEY', 'DATABASE_URL', 'METRICS_TOKEN'] },
  config: { PUBLIC_URL: 'https://api.example.com', DB_POOL_MAX: '10' },
  data: { existingClaim: 'shared' },
  api: {
    autoscaling: { enabled: true },
    nodeSelector: { disk: 'ssd' },
    tolerations: [{ key: 'a', operator: 'Exists' }],
    service: { annotations: { a: 'b' } },
  },
  worker: { autoscaling: { kind: 'keda' } },
  live: { publicHost: 'live.example.com', replicas: 2 },
  ingress: { enabled: true, className: 'nginx', host: 'api.example.com', tlsSecret: 'api-tls' },
  networkPolicy: { apiFrom: [{ namespaceSelector: {} }] },
  serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
}
const little = {
  secret: { existingSecret: 'mine' },
  migrate: { enabled: false },
  api: { disruptionBudget: { enabled: false } },
  worker: { autoscaling: { kind: 'external' }, disruptionBudget: { enabled: false } },
  live: { enabled: false },
  serviceAccount: { existing: 'own' },
  networkPolicy: { enabled: false },
}

const schema = z.fromJSONSchema(JSON.parse(fs.readFileSync(path.join(chart, 'values.schema.json'), 'utf8')))

test.for([
  [
    'its defaults and secrets of its own',
    ownSecret,
    `Deployment backlot-api, Deployment backlot-live, Deployment backlot-worker, Job backlot-migrate,
     NetworkPolicy backlot, NetworkPolicy backlot-api, NetworkPolicy backlot-live, PodDisruptionBudget backlot-api,
     PodDisruptionBudget backlot-live, PodDisruptionBudget backlot-worker, Secret backlot, Secret backlot-migrate,
     Service backlot-api, Service backlot-live, ServiceAccount backlot`,
  ],
  [
    'everything',
    everything,
    `Deployment studio-api, Deployment studio-live, Deployment studio-worker, HorizontalPodAutoscaler studio-api,
     Ingress studio, Job studio-migrate, NetworkPolicy studio, NetworkPolicy studio-api, NetworkPolicy studio-live,
     PodDisruptionBudget studio-api, PodDisruptionBudget studio-live, PodDisruptionBudget studio-worker,
     ScaledObject studio-worker, Service studio-api, Service studio-live, ServiceAccount studio, ServiceMonitor studio`,
  ],
  [
    'as little as can be',
    little,
    'Deployment backlot-api, Deployment backlot-worker, HorizontalPodAutoscaler backlot-worker, Service backlot-api',
  ],
] as const)('with %s', ([, values, expected]) => {
  const { objects, count, values: merged } = renderChart(chart, values)
  expect(schema.safeParse(merged).error?.issues ?? []).toEqual([])
  expect(Object.keys(objects).toSorted()).toEqual(expected.split(/,\s+/))
  expect(count).toBe(Object.keys(objects).length)
  for (const { kind, spec } of Object.values(objects)) {
    if (kind === 'Deployment' || kind === 'Job') expectToBeRestricted(spec.template.spec)
  }
})

type Container = { env: { name: string; value: string }[]; securityContext: object; volumeMounts: Named[] }
type Named = { name: string }
type Pod = {
  securityContext: object
  containers: Container[]
  volumes: Named[]
  automountServiceAccountToken: boolean
}

/** As the Pod Security Standards' level `restricted`, and on a root that cannot be written. */
const expectToBeRestricted = ({
  securityContext,
  containers,
  volumes,
  automountServiceAccountToken,
}: Pod) => {
  expect(automountServiceAccountToken).toBe(false)
  expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
  for (const container of containers) {
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(container.volumeMounts.map(({ name }) => name)).toEqual(volumes.map(({ name }) => name))
    for (const { name, value } of container.env) {
      expect(typeof value).toBe('string')
      const known = name === 'HOST' || Object.hasOwn(variables.shape, name.replace(/_FILE$/, ''))
      expect(known, `${name} is a variable of Backlot`).toBe(true)
    }
  }
}

test('selectors choose the pods of their role, and everything that names an object names one that is there', () => {
  const { objects } = renderChart(chart, everything)
  for (const role of ['api', 'worker', 'live']) {
    const { spec } = objects[`Deployment studio-${role}`]
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels)
    expect(objects[`PodDisruptionBudget studio-${role}`].spec.selector).toEqual(spec.selector)
    const service = objects[`Service studio-${role}`]
    if (service !== undefined) expect(service.spec.selector).toEqual(spec.selector.matchLabels)
  }
  expect(objects['ScaledObject studio-worker'].spec.scaleTargetRef.name).toBe('studio-worker')
  expect(objects['HorizontalPodAutoscaler studio-api'].spec.scaleTargetRef.name).toBe('studio-api')
  const [{ http }] = objects['Ingress studio'].spec.rules
  expect(http.paths[0].backend.service).toEqual({ name: 'studio-api', port: { name: 'http' } })
  // Whoever is scaled by another has no number here.
  expect(objects['Deployment studio-api'].spec.replicas).toBeUndefined()
  expect(objects['Deployment studio-worker'].spec.replicas).toBeUndefined()
})

test('pods get longer to stop than Backlot takes', () => {
  const { objects } = renderChart(chart, { ...ownSecret, shutdownTimeoutSeconds: 310 })
  for (const role of ['api', 'worker', 'live']) {
    const { spec } = objects[`Deployment backlot-${role}`].spec.template
    expect(spec.containers[0].env).toContainEqual({ name: 'SHUTDOWN_TIMEOUT_SECONDS', value: '310' })
    const { value: delay = 0 } = spec.containers[0].env.find(
      ({ name }: { name: string }) => name === 'SHUTDOWN_DELAY_SECONDS',
    ) ?? { value: 0 }
    expect(Number(delay) > 0).toBe(role === 'api')
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(320 + Number(delay))
  }
})

test('probes of roles without HTTP ask at their HEALTH_PORT', () => {
  const { objects } = renderChart(chart, ownSecret)
  for (const role of ['worker', 'live']) {
    const [container] = objects[`Deployment backlot-${role}`].spec.template.spec.containers
    const port = container.ports.find(({ name }: Named) => name === 'health').containerPort
    expect(container.env).toContainEqual({ name: 'HEALTH_PORT', value: String(port) })
    expect(container.livenessProbe.httpGet).toEqual({ path: '/health/live', port: 'health' })
  }
})

test('secrets are files, and new ones start pods anew', () => {
  const podOf = (values: object) =>
    renderChart(chart, { ...values }).objects['Deployment backlot-api'].spec.template
  const pod = podOf(ownSecret)
  const text = JSON.stringify(pod)
  for (const secret of Object.values(ownSecret.secret.values)) expect(text).not.toContain(secret)
  const [{ env }] = pod.spec.containers
  expect(env).toContainEqual({ name: 'SECRET_KEY_FILE', value: '/run/secrets/backlot/SECRET_KEY' })
  const changed = podOf({ secret: { values: { ...ownSecret.secret.values, SECRET_KEY: 'n'.repeat(32) } } })
  expect(changed.metadata.annotations).not.toEqual(pod.metadata.annotations)
})

test.for([
  ['no secrets', {}],
  ['a misspelt name', { ...ownSecret, ap: {} }],
  ['a number that Helm would write as 5.36e+09', { ...ownSecret, config: { FILES_QUOTA_BYTES: 5368709120 } }],
  ['an unknown way to scale', { ...ownSecret, worker: { autoscaling: { kind: 'cpu' } } }],
] as const)('the schema refuses %s', ([, values]) => {
  const defaults = parse(fs.readFileSync(path.join(chart, 'values.yaml'), 'utf8'))
  expect(schema.safeParse({ ...defaults, ...values }).success).toBe(false)
})

test('an ingress needs a host', () => {
  expect(() => renderChart(chart, { ...ownSecret, ingress: { enabled: true } })).toThrow('ingress.host')
})
