import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** What a server asks of `navigator.credentials.create()`, as far as this authenticator reads it. */
export type CreationOptions = { rp: { id: string }; user: { id: string }; challenge: string }
export type RequestOptions = { rpId: string; challenge: string }

/** What an attacker, or a worse authenticator, does otherwise. */
export type Deviation = {
  origin?: string
  rpId?: string
  type?: string
  userVerified?: boolean
  userPresent?: boolean
  count?: number
  backupEligible?: boolean
  userHandle?: string | null
  crossOrigin?: boolean
  /** Of CBOR, in place of the attestation object's format and statement. */
  attestation?: [format: string, statement: Buffer]
}

const flag = { userPresent: 0x01, userVerified: 0x04, backupEligible: 0x08, attested: 0x40 }

const base64url = (bytes: Buffer) => bytes.toString('base64url')
const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest()

/** The head of a CBOR item: its major type and a number below 65,536 (RFC 8949, 3). */
const head = (major: number, number: number) => {
  if (number < 24) return Buffer.of((major << 5) | number)
  if (number < 256) return Buffer.of((major << 5) | 24, number)
  return Buffer.of((major << 5) | 25, number >> 8, number & 255)
}
const cborNumber = (number: number) => (number < 0 ? head(1, -1 - number) : head(0, number))
export const cborBytes = (bytes: Buffer) => Buffer.concat([head(2, bytes.length), bytes])
export const cborText = (text: string) => Buffer.concat([head(3, Buffer.byteLength(text)), Buffer.from(text)])
export const cborArray = (items: Buffer[]) => Buffer.concat([head(4, items.length), ...items])
export const cborMap = (entries: [key: string | number, value: Buffer][]) =>
  Buffer.concat([
    head(5, entries.length),
    ...entries.flatMap(([key, value]) => [typeof key === 'number' ? cborNumber(key) : cborText(key), value]),
  ])

/** An ES256 key as COSE has it (RFC 9053, 2.1 and 7.1.1). */
const coseKey = ({ x = '', y = '' }: { x?: string; y?: string }) =>
  cborMap([
    [1, cborNumber(2)],
    [3, cborNumber(-7)],
    [-1, cborNumber(1)],
    [-2, cborBytes(Buffer.from(x, 'base64url'))],
    [-3, cborBytes(Buffer.from(y, 'base64url'))],
  ])

/**
 * An authenticator and the browser around it, with one ES256 passkey, as WebAuthn level 3 (6.1, 6.5) writes its bytes. It counts
 * from 1, and verifies its user.
 */
export const softwareAuthenticator = (origin: string) => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const credentialId = randomBytes(16)
  const id = base64url(credentialId)
  let count = 0
  let userHandle = ''

  const clientData = (type: string, challenge: string, given: Deviation) =>
    Buffer.from(
      JSON.stringify({
        type: given.type ?? type,
        challenge,
        origin: given.origin ?? origin,
        crossOrigin: given.crossOrigin ?? false,
      }),
    )

  const authenticatorData = (rpId: string, given: Deviation, attested = Buffer.alloc(0)) => {
    count = given.count ?? count + 1
    const flags =
      ((given.userPresent ?? true) ? flag.userPresent : 0) |
      ((given.userVerified ?? true) ? flag.userVerified : 0) |
      (given.backupEligible ? flag.backupEligible : 0) |
      (attested.length > 0 ? flag.attested : 0)
    const counted = Buffer.alloc(4)
    counted.writeUInt32BE(count)
    return Buffer.concat([sha256(given.rpId ?? rpId), Buffer.of(flags), counted, attested])
  }

  return {
    id,
    create: ({ rp, user, challenge }: CreationOptions, given: Deviation = {}) => {
      userHandle = user.id
      const idLength = Buffer.of(credentialId.length >> 8, credentialId.length & 255)
      const key = coseKey(publicKey.export({ format: 'jwk' }))
      const attested = Buffer.concat([Buffer.alloc(16), idLength, credentialId, key])
      const [format, statement] = given.attestation ?? ['none', cborMap([])]
      const attestation = cborMap([
        ['fmt', cborText(format)],
        ['attStmt', statement],
        ['authData', cborBytes(authenticatorData(rp.id, given, attested))],
      ])
      return {
        id,
        rawId: id,
        type: 'public-key',
        authenticatorAttachment: 'platform',
        clientExtensionResults: {},
        response: {
          clientDataJSON: base64url(clientData('webauthn.create', challenge, given)),
          attestationObject: base64url(attestation),
          transports: ['internal'],
        },
      }
    },
    get: ({ rpId, challenge }: RequestOptions, given: Deviation = {}) => {
      const client = clientData('webauthn.get', challenge, given)
      const data = authenticatorData(rpId, given)
      return {
        id,
        rawId: id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: base64url(client),
          authenticatorData: base64url(data),
          signature: base64url(sign('sha256', Buffer.concat([data, sha256(client)]), privateKey)),
          userHandle: given.userHandle === undefined ? userHandle : given.userHandle,
        },
      }
    },
  }
}

export type SoftwareAuthenticator = ReturnType<typeof softwareAuthenticator>
