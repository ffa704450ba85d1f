import { createHmac, generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AuthApp, signUp, startAuthApp, statusOf as statusWith } from '../harness/auth-app.ts'
import { createTestDatabase } from '../harness/test-database.ts'

/*
 * Tokens that ask to be believed, as libraries believed them: fast-jwt CVE-2026-44351, CVE-2026-34950 and CVE-2026-35042, and the
 * older ones of their kind (RFC 8725). Issuers, audiences and times one by one: `authenticate.test.ts`.
 */

let auth: AuthApp
let database: Awaited<ReturnType<typeof createTestDatabase>>

beforeAll(async () => {
  database = await createTestDatabase()
  auth = await startAuthApp(database.url)
})
afterAll(async () => {
  await auth.close()
  await database.drop()
})

describe('an access token is refused', () => {
  let key: Uint8Array
  let claims: { iss: string; aud: string; sub: string; sid: string; iat: number; exp: number }
  beforeEach(async () => {
    const { user, accessToken } = await signUp(auth)
    const { sid } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString())
    key = auth.deps.keys.accessToken
    const iat = Math.floor(Date.now() / 1_000)
    claims = { iss: 'backlot', aud: 'backlot-api', sub: user.id, sid, iat, exp: iat + 900 }
  })

  const usual = { alg: 'HS256', typ: 'at+jwt' }
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  /** Signed by the right key, whatever the header says. */
  const signed = (header: object, payload: object = claims, by: string | Uint8Array = key) => {
    const text = `${encode(header)}.${encode(payload)}`
    return `${text}.${createHmac('sha256', by).update(text).digest('base64url')}`
  }
  const statusOf = (token: string) => statusWith(auth, token)

  test('but not the one that differs in nothing, which the others are made of', async () => {
    expect(await statusOf(signed(usual))).toBe(200)
  })

  test.each(['none', 'None', 'nOnE', 'NONE', '', 'HS384', 'RS256', 'dir'])(
    'with the algorithm %j',
    async (alg) => {
      const unsigned = `${encode({ ...usual, alg })}.${encode(claims)}.`
      for (const token of [signed({ ...usual, alg }), unsigned, unsigned.slice(0, -1)])
        expect(await statusOf(token)).toBe(401)
    },
  )

  test.each([
    ['an extension that nobody knows', { crit: ['x-policy'], 'x-policy': 'admin' }],
    ['an extension without its value', { crit: ['exp'] }],
    ['crit that is empty', { crit: [] }],
    ['an unencoded payload', { crit: ['b64'], b64: false }],
    ['no type', { typ: undefined }],
    ['another type', { typ: 'JWT' }],
    ['compression', { zip: 'DEF', enc: 'A256GCM' }],
  ])('with %s', async (name, change) => {
    const status = await statusOf(signed({ ...usual, ...change }))
    // RFC 7515 knows no `zip`: it is not heard.
    expect(status).toBe(name === 'compression' ? 200 : 401)
  })

  test('with a key of its own, whatever its header says of keys', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const jwk = publicKey.export({ format: 'jwk' })
    const named = { jwk, jku: `https://evil.example/keys`, x5u: `https://evil.example/x5u`, kid: '' }
    const byOwnKey = await new SignJWT(claims)
      .setProtectedHeader({ ...usual, alg: 'RS256', jwk: { ...jwk } })
      .sign(privateKey)
    const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
    for (const token of [
      byOwnKey,
      signed({ ...usual, ...named }, claims, pem),
      ...['', '../../dev/null', "' or '1'='1", '0'].map((kid) => signed({ ...usual, kid }, claims, '')),
      signed({ ...usual, kid: null }, claims, Buffer.alloc(32)),
    ])
      expect(await statusOf(token)).toBe(401)
  })

  test.each([
    { exp: undefined },
    { iss: undefined },
    { iss: ['backlot', 'evil'] },
    { iss: 'backlot.evil.example' },
    { aud: ['evil'] },
    { aud: 'backlot-api-2' },
    { exp: '9999999999' },
    { exp: null },
    { iss: `${'a'.repeat(40)}!` },
    { aud: Array(300).fill('backlot') },
    { sub: { $ne: null } },
    { nbf: 9_999_999_999 },
  ])('with the claim %j, without a long look', async (change) => {
    const startedAt = performance.now()
    expect(await statusOf(signed(usual, { ...claims, ...change }))).toBe(401)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })
})
