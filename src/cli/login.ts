import { BacklotError } from '../../client/src/backlot.ts'
import { readArguments, UsageFault } from './arguments.ts'
import { clientFor, findCredentials, keepCredentials } from './credentials.ts'
import { Prompts } from './prompts.ts'
import { plain, print, tell } from './terminal.ts'

const defaultUrl = 'http://localhost:4000'

export const usage = `Usage: npx backlot login [--url <address>] [--email <address>] [--api-key]

Signs in, and keeps the session for the commands that follow, in the file backlot/credentials.json of your configuration
directory (XDG_CONFIG_HOME, ~/.config), which only you can read. Asks for e-mail, password and, where there is a second
factor, its code; without a terminal they are the lines of standard input.

  --url <address>    where Backlot answers; the one of the last sign-in, or ${defaultUrl}
  --email <address>  not to be asked for it
  --api-key          asks for an API key instead, with which nothing expires but the key
`

const options = {
  url: { type: 'string' },
  email: { type: 'string' },
  'api-key': { type: 'boolean', default: false },
} as const

export const run = async (args: string[]): Promise<void> => {
  const { values } = readArguments(args, options)
  const url = addressOf(values.url ?? (await findCredentials())?.url ?? defaultUrl)
  if (isUnprotected(url)) tell(`what is sent to ${url} can be read on its way; https:// protects it`)
  const prompts = new Prompts()
  try {
    const who = values['api-key'] ? await useKey(url, prompts) : await signIn(url, values.email, prompts)
    print(`Signed in to ${url} as ${plain(who)}.`)
  } finally {
    prompts.close()
  }
}

const useKey = async (url: string, prompts: Prompts): Promise<string> => {
  const apiKey = await prompts.ask({ question: 'API key', hidden: true })
  const credentials = { url, apiKey }
  const email = await whoseKey(clientFor(credentials))
  await keepCredentials(credentials)
  return email
}

/** A key that may not read users is as good as another. */
const whoseKey = async (backlot: ReturnType<typeof clientFor>): Promise<string> => {
  try {
    return (await backlot.auth.me()).email
  } catch (error) {
    if (error instanceof BacklotError && error.status === 403) return 'the user of this API key'
    throw error
  }
}

const signIn = async (url: string, email: string | undefined, prompts: Prompts): Promise<string> => {
  const credentials = {
    email: email ?? (await prompts.ask({ question: 'E-mail' })),
    password: await prompts.ask({ question: 'Password', hidden: true }),
  }
  const askCode = () => prompts.ask({ question: 'Code of the second factor' })
  return (await clientFor({ url }).signIn(credentials, askCode)).email
}

const addressOf = (text: string): string => {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageFault('--url begins with https:// or http://')
  return url.href.replace(/\/$/, '')
}

const isUnprotected = (url: string): boolean => {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname)
}
