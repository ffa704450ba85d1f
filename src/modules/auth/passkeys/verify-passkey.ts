import type { FastifyBaseLogger } from 'fastify'
import type { Assertion, Registration } from './passkeys.schema.ts'
import type { PasskeyRow } from './passkeys.table.ts'

/** For whom passkeys are (WebAuthn level 3, 4, "Relying Party"): `id` is a domain, `origins` those of its pages and apps. */
export type RelyingParty = { id: string; origins: string[] }
type VerifyDeps = { relyingParty: RelyingParty; log: FastifyBaseLogger }

/** A tenth of all that a process of the API would load at its start, which most installations never need. */
const loadLibrary = async () => ({
  ...(await import('@simplewebauthn/server')),
  ...(await import('@simplewebauthn/server/helpers')),
})
type Library = Awaited<ReturnType<typeof loadLibrary>>

/** ES256, EdDSA and RS256 (IANA COSE Algorithms), which all authenticators know one of. */
export const algorithms = [-7, -8, -257]

/** A passkey as it was just made; undefined for what is none, or none for us. */
export const verifyRegistration = (
  deps: VerifyDeps,
  { id, type, response }: Registration,
  expectedChallenge: string,
) =>
  unlessRefused(deps, async (library) => {
    requireOwnPage(library, response.clientDataJSON)
    requireNoCertificates(library, response.attestationObject)
    const { verified, registrationInfo: made } = await library.verifyRegistrationResponse({
      response: {
        id,
        rawId: id,
        type,
        clientExtensionResults: {},
        response: { ...response, transports: [] },
      },
      expectedChallenge,
      expectedOrigin: deps.relyingParty.origins,
      expectedRPID: deps.relyingParty.id,
      requireUserVerification: false,
      supportedAlgorithmIDs: algorithms,
    })
    if (!verified) throw new Error('the attestation does not hold')
    return {
      credentialId: made.credential.id,
      publicKey: Buffer.from(made.credential.publicKey),
      signCount: made.credential.counter,
      backupEligible: made.credentialDeviceType === 'multiDevice',
      backedUp: made.credentialBackedUp,
    }
  })

/**
 * What an authenticator has signed; undefined where it or what it signed is not the right one. Whether the count goes on is
 * for the caller to see, in a transaction.
 */
export const verifyAssertion = (
  deps: VerifyDeps,
  { type, response }: Assertion,
  { credentialId, publicKey, backupEligible }: PasskeyRow,
  expectedChallenge: string,
) =>
  unlessRefused(deps, async (library) => {
    requireOwnPage(library, response.clientDataJSON)
    const { clientDataJSON, authenticatorData, signature } = response
    const { verified, authenticationInfo: shown } = await library.verifyAuthenticationResponse({
      response: {
        id: credentialId,
        rawId: credentialId,
        type,
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature },
      },
      expectedChallenge,
      expectedOrigin: deps.relyingParty.origins,
      expectedRPID: deps.relyingParty.id,
      requireUserVerification: false,
      // The library would refuse a count that goes back before it looks at the signature, and so before it is known to be true.
      credential: { id: credentialId, publicKey: new Uint8Array(publicKey), counter: -1 },
    })
    if (!verified) throw new Error('the signature does not hold')
    if ((shown.credentialDeviceType === 'multiDevice') !== backupEligible)
      throw new Error('the backup eligibility has changed')
    return {
      signCount: shown.newCounter,
      backedUp: shown.credentialBackedUp,
      userVerified: shown.userVerified,
    }
  })

/** A page of ours in a frame of another site's page says so, or its browser does. Ours are in no frames. */
const requireOwnPage = ({ decodeClientDataJSON }: Library, clientDataJSON: string) => {
  if (decodeClientDataJSON(clientDataJSON).crossOrigin) throw new Error('asked for from a frame')
}

/**
 * Nobody asked for an attestation, and its certificates may name addresses that the library would fetch. Browsers leave
 * one without certificates as it is (WebAuthn level 3, 5.1.3).
 */
const requireNoCertificates = ({ decodeAttestationObject }: Library, attestationObject: string) => {
  const attestation = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')))
  const format = attestation.get('fmt')
  if (format === 'none') return
  if (format !== 'packed' || attestation.get('attStmt').get('x5c') !== undefined)
    throw new Error(`an attestation of format ${format}`)
}

/** The library throws for whatever is wrong with what it is given. */
const unlessRefused = async <T>(
  { log }: VerifyDeps,
  verify: (library: Library) => Promise<T>,
): Promise<T | undefined> => {
  const library = await loadLibrary()
  try {
    return await verify(library)
  } catch (error) {
    log.debug({ reason: error instanceof Error ? error.message.slice(0, 300) : 'unknown' }, 'passkey refused')
    return undefined
  }
}
