import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuthApp, signUp, startAuthApp } from '../../../../test/harness/auth-app.ts'
import { chromiumIsHere, openChromium } from '../../../../test/harness/chromium.ts'
import { freePort } from '../../../../test/harness/free-port.ts'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'

let auth: AuthApp
let database: Awaited<ReturnType<typeof createTestDatabase>>
let chromium: Awaited<ReturnType<typeof openChromium>> | undefined
let origin: string

const isHere = await chromiumIsHere()

beforeAll(async () => {
  if (!isHere) return
  const port = await freePort()
  origin = `http://localhost:${port}`
  database = await createTestDatabase()
  auth = await startAuthApp(database.url, { publicUrl: origin })
  await auth.app.listen({ port, host: 'localhost' })
  chromium = await openChromium()
})
afterAll(async () => {
  await chromium?.close()
  await auth?.close()
  await database?.drop()
})

/** What docs/security.md tells an app to do. Types of browsers are not known here. */
const addInPage = (token: string) => `(async () => {
  const headers = { authorization: 'Bearer ${token}', 'content-type': 'application/json' }
  const post = async (path, body) =>
    (await fetch('/v1/auth/' + path, { method: 'POST', headers, body: JSON.stringify(body) })).json()
  const options = (await post('passkeys/options', {})).data
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
  const credential = await navigator.credentials.create({ publicKey })
  return post('passkeys', { name: 'Chromium', credential: credential.toJSON() })
})()`

test.skipIf(!isHere)(
  'Chromium adds a passkey, and signs in by it on the page of browsers',
  async () => {
    const page = await chromium?.newPage()
    if (page === undefined) throw new Error('No page')
    const { user, accessToken } = await signUp(auth)
    await page.goto(`${origin}/account/sign-in?to=${encodeURIComponent('/v1/auth/me')}`)
    const added = await page.evaluate(addInPage(accessToken))
    expect(added).toMatchObject({ success: true, data: { name: 'Chromium' } })
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL(`${origin}/v1/auth/me`, { timeout: 10_000 })
    expect(JSON.parse(await page.innerText('body')).data).toMatchObject({ id: user.id })
  },
  30_000,
)
