import type { FastifyRequest } from 'fastify'
import { listOf, ok, successOf } from '../../../platform/http/envelope.ts'
import type { App } from '../../../platform/http/http-server.ts'
import { pageQuery } from '../../../platform/http/paging.ts'
import { nothing, provedSchema, signedInSchema } from '../auth.schema.ts'
import type { AuthDeps } from '../auth-deps.ts'
import { sessionActorOf } from '../authenticate.ts'
import { proofGoodForMinutes } from '../reauthenticate.ts'
import { challengeSchema } from '../second-factor/second-factor.schema.ts'
import type { Client } from '../sessions.ts'
import { answerSignIn } from '../sign-in-answer.ts'
import { addPasskey, beginPasskey } from './add-passkey.ts'
import {
  addPasskeyBody,
  assertionBody,
  creationOptionsSchema,
  passkeyParams,
  passkeySchema,
  renamePasskeyBody,
  requestOptionsSchema,
  viewPasskey,
} from './passkeys.schema.ts'
import { listPasskeys, removePasskey, renamePasskey } from './passkeys.service.ts'
import {
  beginPasskeyProof,
  beginPasskeySignIn,
  reauthenticateByPasskey,
  signInWithPasskey,
} from './use-passkey.ts'

const tags = ['auth']
const config = { access: 'signed-in' } as const

export const passkeyRoutes = (deps: AuthDeps) => async (app: App) => {
  addRoutes(deps, app)
  ownRoutes(deps, app)
  signInRoutes(deps, app)
  proofRoutes(deps, app)
}

const addRoutes = (deps: AuthDeps, app: App) => {
  app.post(
    '/auth/passkeys/options',
    {
      schema: {
        tags,
        summary: 'Begin to add a passkey',
        description:
          'The answer is for `navigator.credentials.create()`; what that gives goes to `auth/passkeys` within five ' +
          'minutes. Takes a proof of the last ten minutes that it is you.',
        response: { 200: successOf(creationOptionsSchema) },
      },
      config,
    },
    async (request) => ok(await beginPasskey(deps, sessionActorOf(request))),
  )

  app.post(
    '/auth/passkeys',
    {
      schema: {
        tags,
        summary: 'Add the passkey that the browser has made',
        description: 'Takes a proof of the last ten minutes that it is you. You are told by mail.',
        body: addPasskeyBody,
        response: { 201: successOf(passkeySchema) },
      },
      config,
    },
    async (request, reply) => {
      const passkey = await addPasskey(deps, sessionActorOf(request), request.body)
      reply.status(201)
      return ok(viewPasskey(passkey))
    },
  )
}

const ownRoutes = (deps: AuthDeps, app: App) => {
  app.get(
    '/auth/passkeys',
    {
      schema: {
        tags,
        summary: 'List your passkeys, newest first',
        querystring: pageQuery,
        response: { 200: listOf(passkeySchema) },
      },
      config,
    },
    (request) => listPasskeys(deps, sessionActorOf(request), request.query),
  )

  app.patch(
    '/auth/passkeys/:id',
    {
      schema: {
        tags,
        summary: 'Rename one of your passkeys',
        params: passkeyParams,
        body: renamePasskeyBody,
        response: { 200: successOf(passkeySchema) },
      },
      config,
    },
    async (request) => {
      const { id } = request.params
      return ok(viewPasskey(await renamePasskey(deps, sessionActorOf(request), id, request.body.name)))
    },
  )

  app.delete(
    '/auth/passkeys/:id',
    {
      schema: {
        tags,
        summary: 'Delete one of your passkeys',
        description: 'It signs in no more. Takes a proof of the last ten minutes that it is you.',
        params: passkeyParams,
        response: { 200: successOf(nothing) },
      },
      config,
    },
    async (request) => {
      await removePasskey(deps, sessionActorOf(request), request.params.id)
      return ok({})
    },
  )
}

const signInRoutes = (deps: AuthDeps, app: App) => {
  app.post(
    '/auth/passkeys/sign-in/options',
    {
      schema: {
        tags,
        summary: 'Begin to sign in with a passkey',
        description:
          'The answer is for `navigator.credentials.get()`; what that gives goes to `auth/passkeys/sign-in` within ' +
          'five minutes. It is the same for everybody.',
        response: { 200: successOf(requestOptionsSchema) },
      },
      config: { access: 'public' },
    },
    async (request) => ok(await beginPasskeySignIn(deps, clientOf(request))),
  )

  app.post(
    '/auth/passkeys/sign-in',
    {
      schema: {
        tags,
        summary: 'Sign in with a passkey',
        description:
          'Answers as `auth/login` does, and sets the session cookie. A passkey that was unlocked by finger, face or PIN ' +
          'is enough; another one is answered with 202 where a second factor is set, and `auth/login/totp` goes on.',
        body: assertionBody,
        response: { 200: successOf(signedInSchema), 202: successOf(challengeSchema) },
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      const outcome = await signInWithPasskey(deps, request.body.credential, clientOf(request))
      if ('sessionId' in outcome) return answerSignIn(deps.accessTokens, reply, outcome)
      const { challengeToken, expiresInSeconds } = outcome
      reply.status(202)
      return ok({ code: 'TOTP_REQUIRED' as const, challengeToken, expiresIn: expiresInSeconds })
    },
  )
}

const proofRoutes = (deps: AuthDeps, app: App) => {
  app.post(
    '/auth/passkeys/reauthenticate/options',
    {
      schema: {
        tags,
        summary: 'Begin to prove by a passkey that it is you',
        response: { 200: successOf(requestOptionsSchema) },
      },
      config,
    },
    async (request) => ok(await beginPasskeyProof(deps, sessionActorOf(request))),
  )

  app.post(
    '/auth/passkeys/reauthenticate',
    {
      schema: {
        tags,
        summary: 'Prove by a passkey that it is you',
        description: 'Counts as `auth/reauthenticate` does.',
        body: assertionBody,
        response: { 200: successOf(provedSchema) },
      },
      config,
    },
    async (request) => {
      await reauthenticateByPasskey(deps, sessionActorOf(request), request.body.credential)
      return ok({ expiresIn: proofGoodForMinutes * 60 })
    },
  )
}

const clientOf = (request: FastifyRequest): Client => ({
  address: request.ip,
  device: request.headers['user-agent'],
})
