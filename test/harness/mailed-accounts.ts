import { type AuthApp, call, goodPassword, newEmail, signUp, takeMails, tokenIn } from './auth-app.ts'

/** Accounts whose mails are read. */
export const mailedAccounts = (auth: AuthApp) => {
  let requests = 0

  /** Each request comes from a network of its own, unless it says otherwise: how often one may ask is another matter. */
  const post = (path: string, body: object, headers?: Record<string, string>) => {
    requests += 1
    return call(auth, 'POST', path, {
      body,
      headers: headers ?? { 'x-forwarded-for': `10.${requests >> 8}.${requests & 255}.1` },
    })
  }

  const signUpWithMail = async (email = newEmail(), password = goodPassword) => {
    await takeMails(auth)
    const tokens = await signUp(auth, { email, password })
    const [mail] = await takeMails(auth)
    return { ...tokens, mail }
  }

  /** One whose address is confirmed. */
  const verified = async (email = newEmail(), password = goodPassword) => {
    const { user, mail } = await signUpWithMail(email, password)
    const { status } = await post('/auth/verify-email', { token: tokenIn(mail), password })
    if (status !== 200) throw new Error(`Not confirmed: ${status}`)
    return user
  }

  return { post, signUpWithMail, verified }
}

export type MailedAccounts = ReturnType<typeof mailedAccounts>
