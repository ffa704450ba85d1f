#!/usr/bin/env node
import fs from 'node:fs'
import path from 'node:path'
import { projectDir, runScript } from './setup.mjs'

const help = `Usage: npx backlot [command]

  all                     the embedded database, its migrations and every role on this machine (default)
  all --watch             the same, and roles start again when their source changes
  api | worker | live     one role, on the database of DATABASE_URL or of a Backlot that runs here
  migrate                 brings the database up to date and ends
  admin create            makes an admin; its password comes from standard input
  admin remove-second-factor <address>
                          lets a user who has lost app, codes and passkeys sign in by password
  backup                  copies the embedded database and all files while Backlot runs, and proves the copy
  restore <backup>        makes a data directory out of a backup
  doctor                  checks this installation and says what to fix
  audit verify            goes over the whole audit log and says whether it is as it was written
  upgrade --rehearse      migrates a clone of the database and tells what changes
  with-database <script>  runs a Node script with DATABASE_URL set to the database

By HTTP, for people, at this Backlot or another:

  login, logout           signs in, and keeps the session for the commands below
  generate <prompt>       makes a picture and saves it
  export <what>           saves things of yours, or a dataset
  jobs list|watch|cancel  your jobs

  <command> --help        its options

  --help, --version

Configuration comes from the environment and from .env; .env.example explains each variable. WEB_CONCURRENCY is how many api
processes share the port; SIGHUP exchanges them one by one, without a failed request.
Exit codes: 0 stopped in order, 1 an error, 64 an unknown command, 69 the server is away, 77 not signed in or not allowed, 78
something to put right (one line says what), 130 or 143 stopped by a signal, of roles by a second one.
`

/** As in src/app/node-flags.ts, which says why. */
const roleFlags = {
  worker: ['--max-semi-space-size=2'],
  live: ['--max-semi-space-size=2', '--optimize-for-size'],
}

const args = process.argv.slice(2)
if (args[0] === '--help' || args[0] === '-h') {
  process.stdout.write(help)
} else if (args[0] === '--version' || args[0] === '-v') {
  process.stdout.write(
    `${JSON.parse(fs.readFileSync(path.join(projectDir, 'package.json'), 'utf8')).version}\n`,
  )
} else {
  await runScript('src/main.ts', args, { connected: true, nodeArgs: roleFlags[args[0]] ?? [] })
}
