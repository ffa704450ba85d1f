// Makes a fresh checkout runnable. Plain JavaScript on what Node 20 has, since it runs before any package is there.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { withInstallLock } from './install-lock.mjs'

export const projectDir = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

const oldestNode = 20
const oldestNodeForServer = 24
const startFaultExitCode = 78
/** A terminal and npm above us each pass on the same Ctrl-C within milliseconds. */
const samePressMs = 300

const say = (line) => process.stderr.write(`backlot: ${line}\n`)

const fail = (line, exitCode = startFaultExitCode) => {
  say(line)
  process.exit(exitCode)
}

/** Installs the packages of package-lock.json unless they are there. Returns the Node to run the project with. */
export const setUp = async () => {
  if (major(process.versions.node) < oldestNode) {
    fail(
      `Node ${process.versions.node} is too old. Install Node ${oldestNode} or later from https://nodejs.org.`,
    )
  }
  if (!isInstalled()) {
    const onWait = () => say('another start is installing the packages; waiting for it')
    await withInstallLock(path.join(projectDir, '.install.lock'), { onWait }, async () => {
      if (!isInstalled()) await install()
    }).catch((error) => fail(`The packages cannot be installed: ${error.message}`))
  }
  return projectNode()
}

/** Runs a script with the project's Node as if it were this process: its output, signals and exit code are ours. */
export const runScript = async (script, args, { connected = false, nodeArgs = [] } = {}) => {
  const node = await setUp()
  const stdio = ['inherit', 'inherit', 'inherit', ...(connected ? ['ipc'] : [])]
  await followToTheEnd(spawn(node, [...nodeArgs, path.join(projectDir, script), ...args], { stdio }))
}

/** npm writes what it installed into node_modules/.package-lock.json when it is done, and not before. */
const isInstalled = () => {
  const wanted = readPackages('package-lock.json')
  const present = readPackages('node_modules/.package-lock.json')
  if (wanted === undefined) fail('package-lock.json is missing. Check out the whole repository.')
  if (present === undefined) return false
  const withoutDev =
    major(process.versions.node) >= oldestNodeForServer && present['node_modules/node'] === undefined
  return Object.entries(wanted).every(([place, { version, optional, devOptional, dev }]) => {
    const found = present[place]
    if (place === '' || found?.version === version) return true
    return found === undefined && (optional || devOptional || (dev && withoutDev))
  })
}

const readPackages = (file) => {
  try {
    return JSON.parse(fs.readFileSync(path.join(projectDir, file), 'utf8')).packages
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}

const install = async () => {
  const startedAt = performance.now()
  say('installing packages (npm ci); the first time this takes up to a minute')
  // The development packages hold the Node that runs the project; NODE_ENV=production would leave them out.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const { npm_execpath: npmCli, npm_node_execpath: npmNode } = process.env
  const env = { ...process.env, PATH: withoutProjectPrograms(process.env.PATH ?? '') }
  const options = { cwd: projectDir, env, stdio: ['ignore', 2, 2] }
  const isUnderNpm = npmCli?.endsWith('npm-cli.js') && npmNode && !npmNode.startsWith(projectDir)
  const npm = isUnderNpm ? spawn(npmNode, [npmCli, ...args], options) : spawn('npm', args, options)
  const { code, passedOn } = await endOf(npm)
  if (passedOn) process.exit(exitCodeOf(passedOn))
  if (code !== 0) fail(`npm ci failed with exit code ${code}; its lines above say why.`, 1)
  say(`packages installed in ${Math.round((performance.now() - startedAt) / 1_000)} s`)
}

/** While npm ci replaces node_modules it must not use the Node that lies there. */
const withoutProjectPrograms = (searchPath) =>
  searchPath
    .split(path.delimiter)
    .filter((directory) => !directory.startsWith(path.join(projectDir, 'node_modules')))
    .join(path.delimiter)

const projectNode = () => {
  const bundled = path.join(projectDir, 'node_modules', 'node', 'bin', 'node')
  if (fs.existsSync(bundled)) return bundled
  if (major(process.versions.node) >= oldestNodeForServer) return process.execPath
  return fail(
    `Node ${oldestNodeForServer} or later is needed, and the one that npm installs with the packages is missing: ` +
      'install scripts seem to be off (npm config get ignore-scripts). Switch them on and remove node_modules, ' +
      `or install Node ${oldestNodeForServer}.`,
  )
}

const followToTheEnd = async (child) => {
  const { code, signal } = await endOf(child)
  process.exit(signal ? exitCodeOf(signal) : code)
}

/** Waits for a process, passing signals on to it. Tells how it ended and which signal was passed on last. */
const endOf = (child) => {
  let passedOn
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    let lastAt = Number.NEGATIVE_INFINITY
    process.on(signal, () => {
      const now = performance.now()
      if (now - lastAt >= samePressMs) child.kill(signal)
      lastAt = now
      passedOn = signal
    })
  }
  return new Promise((resolve) => {
    child.once('error', (error) => fail(`${child.spawnfile} cannot be run: ${error.message}`, 1))
    child.once('exit', (code, signal) => resolve({ code, signal, passedOn }))
  })
}

const exitCodeOf = (signal) => ({ SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 })[signal] ?? 1

const major = (version) => Number.parseInt(version, 10)
