import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.join(import.meta.dirname, '..')
const longestFile = 300

type Source = { file: string; lines: number; imports: { to: string; typeOnly: boolean }[] }

const importStatement = /^(?:import|export)\s(type\s)?[^;]*?from\s+'([^']+)'|import\('([^']+)'\)/gms

/** Every file of `src` but tests, with what it imports from `src`. */
const sources: Source[] = globSync('src/**/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => {
    const text = readFileSync(path.join(root, file), 'utf8')
    const imports = [...text.matchAll(importStatement)].flatMap(([, typeOnly, from, dynamic]) => {
      const to = from ?? dynamic ?? ''
      return to.startsWith('.')
        ? [{ to: path.join(path.dirname(file), to), typeOnly: typeOnly !== undefined }]
        : []
    })
    return { file, lines: text.split('\n').length, imports }
  })

const layerOf = (file: string) => file.split('/')[1] ?? ''
const moduleOf = (file: string) => (layerOf(file) === 'modules' ? file.split('/')[2] : undefined)
const edges = sources.flatMap(({ file, imports }) => imports.map((one) => ({ file, ...one })))
const broken = (isAllowed: (edge: (typeof edges)[number]) => boolean) =>
  edges.filter((edge) => !isAllowed(edge)).map(({ file, to }) => `${file} -> ${to}`)

test('there is something to check', () => {
  expect(sources.length).toBeGreaterThan(50)
  expect(edges.length).toBeGreaterThan(200)
})

test('the platform knows no module and no app', () => {
  expect(broken(({ file, to }) => layerOf(file) !== 'platform' || layerOf(to) === 'platform')).toEqual([])
})

test('modules know the platform and each other, not the app', () => {
  expect(broken(({ file, to }) => layerOf(file) !== 'modules' || layerOf(to) !== 'app')).toEqual([])
})

test('a module keeps its tables, queries and routes to itself', () => {
  const isPrivate = (to: string) => /\.(table|repository|routes)\.ts$/.test(to)
  expect(
    broken(
      ({ file, to }) =>
        layerOf(file) !== 'modules' ||
        layerOf(to) === 'platform' ||
        moduleOf(file) === moduleOf(to) ||
        !isPrivate(to),
    ),
  ).toEqual([])
})

test('the command line knows the client, and nothing of the server', () => {
  expect(
    broken(
      ({ file, to }) => layerOf(file) !== 'cli' || layerOf(to) === 'cli' || to === 'client/src/backlot.ts',
    ),
  ).toEqual([])
  expect(
    broken(({ file, to }) => layerOf(to) !== 'cli' || layerOf(file) === 'cli' || file === 'src/main.ts'),
  ).toEqual([])
})

test('the client knows only itself', () => {
  const outside = globSync('client/src/**/*.ts', { cwd: root }).flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8')
    return [...text.matchAll(importStatement)]
      .map(([, , from, dynamic]) => path.join(path.dirname(file), from ?? dynamic ?? ''))
      .filter((to) => !to.startsWith('client/src/'))
      .map((to) => `${file} -> ${to}`)
  })
  expect(outside).toEqual([])
})

test('only main knows the app', () => {
  expect(
    broken(({ file, to }) => layerOf(to) !== 'app' || layerOf(file) === 'app' || file === 'src/main.ts'),
  ).toEqual([])
})

test('no file depends on itself', () => {
  const imports = new Map(
    sources.map(({ file, imports: all }) => [
      file,
      all.filter(({ typeOnly }) => !typeOnly).map(({ to }) => to),
    ]),
  )
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, trail: string[]) => {
    if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '))
    if (done.has(file) || trail.includes(file)) return
    for (const next of imports.get(file) ?? []) visit(next, [...trail, file])
    done.add(file)
  }
  for (const { file } of sources) visit(file, [])
  expect(cycles).toEqual([])
})

test('files stay small, and are named for what they hold', () => {
  expect(sources.filter(({ lines }) => lines > longestFile).map(({ file }) => file)).toEqual([])
  const dump = /(^|\/)(index|utils?|helpers?|constants?|types|common|misc)(\.ts$|\/)/
  expect(sources.filter(({ file }) => dump.test(file)).map(({ file }) => file)).toEqual([])
})
