import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { projectDir } from '../../src/app/project-dir.ts'
import { freePort } from '../harness/free-port.ts'
import { startProgram } from '../harness/program.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { startTestApp } from '../harness/test-app.ts'

/** As the container's HEALTHCHECK runs it. */
const checkHealth = async (role: string, env: Record<string, string>) => {
  const words = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const check = path.join(projectDir, 'bin/healthcheck.mjs')
  const program = startProgram('/usr/bin/env', [...words, process.execPath, check, role])
  const { code } = await program.exit
  return { code, output: program.output() }
}

test('the health check finds each role alive, and says what is missing', async () => {
  const backlot = await startTestApp({ live: true })
  const PORT = new URL(backlot.url).port
  const RTMP_PORT = new URL(backlot.ingest).port
  const closed = String(await freePort())
  const alive = { code: 0, output: '' }
  expect(await checkHealth('api', { HOST: '0.0.0.0', PORT })).toEqual(alive)
  expect(await checkHealth('live', { HOST: '0.0.0.0', RTMP_PORT })).toEqual(alive)
  expect(await checkHealth('worker', {})).toEqual(alive)
  expect(await checkHealth('api', { PORT: closed })).toMatchObject({
    code: 1,
    output: expect.stringContaining('ECONNREFUSED'),
  })
  expect(await checkHealth('live', { RTMP_PORT: closed })).toMatchObject({ code: 1 })
  expect(await checkHealth('migrate', {})).toMatchObject({
    code: 1,
    output: expect.stringContaining('migrate'),
  })
  await backlot.close()
})

test('what the image copies is there, and the build sees nothing else', () => {
  const dockerfile = fs.readFileSync(path.join(projectDir, 'deploy/Dockerfile'), 'utf8')
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
    ([, from]) => from?.split(' ') ?? [],
  )
  const ignoreFile = fs.readFileSync(path.join(projectDir, '.dockerignore'), 'utf8')
  const kept = [...ignoreFile.matchAll(/^!(.+)$/gm)].map(([, name]) => name)
  expect(kept.toSorted()).toEqual(copied.toSorted())
  for (const name of copied) expect(fs.existsSync(path.join(projectDir, name)), name).toBe(true)
})

test('the image keeps one runtime of ONNX models of the many that the package brings', () => {
  const copy = makeTemporaryDirectory()
  onTestFinished(() => removeTemporaryDirectory(copy))
  const dockerfile = fs.readFileSync(path.join(projectDir, 'deploy/Dockerfile'), 'utf8')
  const [steps = ''] = /runtimes=[\s\S]*?(?=\nCOPY)/.exec(dockerfile) ?? []
  const packed = path.join(projectDir, 'node_modules/onnxruntime-node/bin/napi-v6')
  const bin = path.join(copy, 'node_modules/onnxruntime-node/bin/napi-v6')
  for (const platform of fs.readdirSync(packed)) {
    for (const arch of fs.readdirSync(path.join(packed, platform))) {
      fs.mkdirSync(path.join(bin, platform, arch), { recursive: true })
      for (const name of fs.readdirSync(path.join(packed, platform, arch)))
        fs.writeFileSync(path.join(bin, platform, arch, name), '')
    }
  }
  execFileSync('sh', ['-ec', steps], { cwd: copy, env: { PATH: process.env.PATH } })
  const left = fs.globSync('**/*.node', { cwd: bin })
  expect(left).toEqual([`linux/${process.arch}/onnxruntime_binding.node`])
})
