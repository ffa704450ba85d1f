import { BacklotError } from './backlot-error.ts'

export type Session = {
  accessToken: string
  refreshToken: string
  /** Milliseconds since 1970, by this machine's clock. */
  expiresAt: number
}

/** Where a session is kept between starts. Several clients may share one. */
export type SessionStore = {
  load: () => Session | undefined | Promise<Session | undefined>
  /** `undefined` forgets it. */
  save: (session: Session | undefined) => void | Promise<void>
}

/** What sign-up, login and refresh answer. `expiresIn` is in seconds. */
export type Tokens = { accessToken: string; refreshToken: string; expiresIn: number }

export const keepInMemory = (): SessionStore => {
  let kept: Session | undefined
  return {
    load: () => kept,
    save: (session) => {
      kept = session
    },
  }
}

/** What to call with, and what to call again with when that was refused; undefined when there is nothing. */
export type Credentials = {
  token: () => Promise<string | undefined>
  tokenAfter: (refused: string) => Promise<string | undefined>
  freshUntil: () => Promise<number | undefined>
}

/** Before it expires a token is exchanged this early, so that it does not expire on its way. */
const earlyMs = 10_000
/** An answer to a refresh that was lost can be had again, for ten seconds. */
const refreshTries = 2

/**
 * Keeps one session fresh. However many calls find its token expired at the same time, it is exchanged once.
 * @param exchange asks the server for the next pair of tokens
 */
export const createSessionKeeper = (
  store: SessionStore,
  exchange: (refreshToken: string) => Promise<Tokens>,
) => {
  let refreshing: Promise<Session> | undefined

  const adopt = async ({ accessToken, refreshToken, expiresIn }: Tokens): Promise<Session> => {
    const session = { accessToken, refreshToken, expiresAt: Date.now() + expiresIn * 1_000 }
    await store.save(session)
    return session
  }

  const exchangeAgain = async (refreshToken: string): Promise<Tokens> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await exchange(refreshToken)
      } catch (error) {
        const isLost = error instanceof BacklotError && error.status === undefined
        if (!isLost || tries === refreshTries) throw error
      }
    }
  }

  const refresh = async (session: Session): Promise<Session> => {
    try {
      return await adopt(await exchangeAgain(session.refreshToken))
    } catch (error) {
      if (error instanceof BacklotError && error.status === 401) await store.save(undefined)
      throw error
    }
  }

  /** @param isStale whether the session that is kept has to be exchanged */
  const freshSession = async (isStale: (session: Session) => boolean): Promise<Session | undefined> => {
    if (refreshing !== undefined) return refreshing
    const session = await store.load()
    if (session === undefined || !isStale(session)) return session
    // Others may have begun while the store was read.
    refreshing ??= refresh(session).finally(() => {
      refreshing = undefined
    })
    return refreshing
  }

  return {
    adopt,
    load: () => store.load(),
    forget: () => store.save(undefined),
    /** The token to call with; undefined when nobody is signed in. */
    token: async () => (await freshSession(({ expiresAt }) => expiresAt - earlyMs < Date.now()))?.accessToken,
    /** From when on `token` gives another one, by this machine's clock. */
    freshUntil: async () => {
      const session = await store.load()
      return session === undefined ? undefined : session.expiresAt - earlyMs
    },
    /** The token to repeat a call with that was refused with `refused`; undefined when nobody is signed in. */
    tokenAfter: async (refused: string) =>
      (await freshSession(({ accessToken }) => accessToken === refused))?.accessToken,
  }
}
