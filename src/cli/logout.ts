import { readArguments } from './arguments.ts'
import { clientFor, findCredentials, forgetCredentials } from './credentials.ts'
import { print } from './terminal.ts'

export const usage = `Usage: npx backlot logout

Ends the session, and forgets it. An API key is only forgotten; revoke it where you made it.
`

export const run = async (args: string[]): Promise<void> => {
  readArguments(args, {})
  const credentials = await findCredentials()
  if (credentials === undefined) return print('Nobody was signed in.')
  try {
    if (credentials.apiKey === undefined) await clientFor(credentials).signOut()
  } finally {
    await forgetCredentials()
  }
  print(`Signed out of ${credentials.url}.`)
}
