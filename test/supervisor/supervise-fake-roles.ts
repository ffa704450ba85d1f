import path from 'node:path'
import { runSupervisor } from '../../src/app/supervisor-process.ts'

await runSupervisor({
  main: path.join(import.meta.dirname, 'fake-main.ts'),
  roles: ['api', 'worker'],
  preparesDatabase: true,
  watch: false,
})
