import fs from 'node:fs'
import path from 'node:path'
import { fakeBackup } from '../harness/fake-backup.ts'

/**
 * Stands in for `src/main.ts backup --to DIR --keep N`. The file `behaviour` beside DIR says how it goes; each run is a line of
 * `runs` there.
 */
const [command, , folder = '', , keep] = process.argv.slice(2)
const beside = (name: string) => path.join(path.dirname(folder), name)
fs.appendFileSync(beside('runs'), `${command} ${keep}\n`)
const behaviour = fs.readFileSync(beside('behaviour'), 'utf8')
if (behaviour === 'works') await fakeBackup(folder, new Date().toISOString())
if (behaviour === 'fails') {
  process.stderr.write('backlot: warning: PORT is odd\nbacklot: The disk is full.\nbacklot: a second line\n')
  process.exitCode = 78
}
if (behaviour === 'hangs' || behaviour === 'is deaf') {
  process.on('SIGTERM', () => {
    if (behaviour === 'is deaf') return
    fs.appendFileSync(beside('runs'), 'tidied up\n')
    process.exit(143)
  })
  fs.appendFileSync(beside('runs'), `${process.pid}\n`)
  setInterval(() => undefined, 60_000)
}
