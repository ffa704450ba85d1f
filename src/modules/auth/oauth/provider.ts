/** What a provider says of who has signed in there. */
export type Profile = {
  issuer: string
  subject: string
  /** In lower case. */
  email: string | null
  /** Whether the provider says that the address was shown to be his. */
  emailVerified: boolean
  /** Whether that still holds today as far as the provider can know: enough to give him the account that has the address. */
  speaksForMailbox: boolean
  name: string | null
}

/** What ties a provider's answer to the question. */
export type Expectation = {
  state: string
  /** OIDC Core, 3.1.2.1: comes back in the ID token. */
  nonce: string
  /** RFC 7636, 4.1. */
  verifier: string
  redirectUri: string
}

export type Question = Omit<Expectation, 'verifier'> & {
  /** Of the verifier, by S256. */
  challenge: string
  /** Whether the user shall show there anew who he is, as far as the provider can ask for that. */
  fresh: boolean
}

/** Somewhere to sign in. */
export type SignInProvider = {
  name: string
  label: string
  /** Where the browser is sent. */
  authorizationUrl(question: Question): Promise<URL>
  /**
   * Who has signed in, by what the browser brought back.
   * @param startedAtMs given where he had to sign in after this instant
   * @throws 403 `SIGN_IN_DENIED`, 401 `SIGN_IN_FAILED` for what does not fit, 503 for a provider that fails
   */
  identify(answer: URLSearchParams, expected: Expectation, startedAtMs: number | undefined): Promise<Profile>
  close(): void
}
