import { clientGone } from '../../platform/http/client-gone.ts'
import { successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { loginBody, setupBody, signedInSchema, signupBody } from './auth.schema.ts'
import type { AuthDeps } from './auth-deps.ts'
import { clientOf } from './client-of.ts'
import { setUpFirstAdmin } from './first-admin.ts'
import { login } from './login.ts'
import { finishLogin } from './second-factor/finish-login.ts'
import { challengeSchema, loginTotpBody } from './second-factor/second-factor.schema.ts'
import { answerChallenge, answerSignIn } from './sign-in-answer.ts'
import { signup } from './signup.ts'

const tags = ['auth']

/** Everything that begins a session. */
export const signInRoutes = (deps: AuthDeps) => async (app: App) => {
  newAccountRoutes(deps, app)
  loginRoutes(deps, app)
}

const newAccountRoutes = (deps: AuthDeps, app: App) => {
  app.post(
    '/auth/signup',
    {
      schema: {
        tags,
        summary: 'Make an account and sign in to it',
        description:
          'Also sets the session cookie. The answer is the same whether the address is known or not: the account owns ' +
          'the address once the link that is mailed there has been followed.',
        body: signupBody,
        response: { 201: successOf(signedInSchema) },
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      const opened = await signup(deps, request.body, clientOf(request), clientGone(reply))
      reply.status(201)
      return answerSignIn(deps.accessTokens, reply, opened)
    },
  )

  app.post(
    '/auth/setup',
    {
      schema: {
        tags,
        summary: 'Make the first admin',
        description:
          'Takes the token of the link that is printed at the start. Works only while there is no admin.',
        body: setupBody,
        response: { 201: successOf(signedInSchema) },
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      const opened = await setUpFirstAdmin(deps, request.body, clientOf(request), clientGone(reply))
      reply.status(201)
      return answerSignIn(deps.accessTokens, reply, opened)
    },
  )
}

const loginRoutes = (deps: AuthDeps, app: App) => {
  app.post(
    '/auth/login',
    {
      schema: {
        tags,
        summary: 'Sign in',
        description:
          'Also sets the session cookie, for browsers that keep no tokens. Where a second factor is set, a right password is ' +
          'answered with 202 and `TOTP_REQUIRED` instead, without tokens and cookie: `auth/login/totp` ends the sign-in.',
        body: loginBody,
        response: { 200: successOf(signedInSchema), 202: successOf(challengeSchema) },
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      const outcome = await login(deps, request.body, clientOf(request), clientGone(reply))
      return 'sessionId' in outcome
        ? answerSignIn(deps.accessTokens, reply, outcome)
        : answerChallenge(reply, outcome)
    },
  )

  app.post(
    '/auth/login/totp',
    {
      schema: {
        tags,
        summary: 'Sign in with the second factor',
        description: 'Ends what `auth/login` began, by a code of the app or a recovery code.',
        body: loginTotpBody,
        response: { 200: successOf(signedInSchema) },
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      const opened = await finishLogin(deps, request.body, clientOf(request))
      return answerSignIn(deps.accessTokens, reply, opened)
    },
  )
}
