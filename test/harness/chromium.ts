import { chromium } from 'playwright-core'
import { provideProgram } from './provide-program.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from './temporary-directory.ts'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Debian's Chromium, which needs no download by Playwright. */
export const chromiumIsHere = (): Promise<boolean> => provideProgram('chromium', 'chromium')

/** A browser with a profile of its own. Each page has an authenticator that knows its user and asks nobody. */
export const openChromium = async () => {
  const profile = makeTemporaryDirectory()
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: flags,
    timeout: 60_000,
  })
  return {
    newPage: async () => {
      const page = await context.newPage()
      const devtools = await context.newCDPSession(page)
      await devtools.send('WebAuthn.enable')
      await devtools.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          protocol: 'ctap2',
          transport: 'internal',
          hasResidentKey: true,
          hasUserVerification: true,
          isUserVerified: true,
          automaticPresenceSimulation: true,
        },
      })
      return page
    },
    /** Ends the browser that this started, and no other. */
    close: async () => {
      await context.close()
      removeTemporaryDirectory(profile)
    },
  }
}
