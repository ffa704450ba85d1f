import { z } from 'zod'
import type { ReadDb } from '../../platform/database/database.ts'
import { clientGone } from '../../platform/http/client-gone.ts'
import { listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { actorOf } from '../auth/authenticate.ts'
import type { PasswordDeps } from '../auth/credentials.ts'
import { createUser } from './create-user.ts'
import { type DeleteUserDeps, deleteUser } from './delete-user.ts'
import { updateUser } from './update-user.ts'
import {
  createUserBody,
  deleteUserBody,
  getUserQuery,
  listUsersQuery,
  shownUserSchema,
  updateUserBody,
  userParams,
  userSchema,
  viewUser,
  viewUserAs,
} from './users.schema.ts'
import { getUser, listUsers } from './users.service.ts'

export type UsersDeps = PasswordDeps & DeleteUserDeps & { readDb: ReadDb }

const tags = ['users']

export const userRoutes = (deps: UsersDeps) => async (app: App) => {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })
  readRoutes(deps, app)
  writeRoutes(deps, app)
}

const readRoutes = (deps: Pick<UsersDeps, 'db' | 'readDb'>, app: App) => {
  app.get(
    '/users',
    {
      schema: {
        tags,
        summary: 'List and search users',
        description:
          'Newest first, or as `sort` says. Managers and admins see everybody, others only themselves.',
        querystring: listUsersQuery,
        response: { 200: listOf(shownUserSchema) },
      },
      config: { access: 'users:read' },
    },
    (request) => listUsers(deps, actorOf(request), request.query),
  )

  app.get(
    '/users/:id',
    {
      schema: {
        tags,
        summary: 'Get a user',
        params: userParams,
        querystring: getUserQuery,
        response: { 200: successOf(shownUserSchema) },
      },
      config: { access: 'users:read', batchable: true },
    },
    async (request) => {
      const user = await getUser(deps, actorOf(request), request.params.id)
      return ok(viewUserAs(user, request.query.fields))
    },
  )
}

const writeRoutes = (deps: UsersDeps, app: App) => {
  app.post(
    '/users',
    {
      schema: {
        tags,
        summary: 'Make an account for somebody',
        body: createUserBody,
        response: { 201: successOf(userSchema) },
      },
      config: { access: 'users:create' },
    },
    async (request, reply) => {
      const user = await createUser(deps, actorOf(request), request.body, clientGone(reply))
      reply.status(201).header('location', `/v1/users/${user.id}`)
      return ok(viewUser(user))
    },
  )

  app.patch(
    '/users/:id',
    {
      schema: {
        tags,
        summary: 'Change a user',
        params: userParams,
        body: updateUserBody,
        response: { 200: successOf(userSchema) },
      },
      config: { access: 'users:update', batchable: true },
    },
    async (request) =>
      ok(viewUser(await updateUser(deps, actorOf(request), request.params.id, request.body))),
  )

  app.delete(
    '/users/:id',
    {
      schema: {
        tags,
        summary: 'Delete a user and all that is his',
        params: userParams,
        body: deleteUserBody,
        response: { 200: successOf(z.object({ id: z.uuid() })) },
      },
      config: { access: 'users:delete' },
    },
    async (request, reply) => {
      const { id } = request.params
      await deleteUser(deps, actorOf(request), id, request.body?.password, clientGone(reply))
      return ok({ id })
    },
  )
}
