import { z } from 'zod'
import { ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { idempotencyHeaders } from '../../platform/http/idempotency.ts'
import { readyJson } from '../../platform/http/ready-answer.ts'
import { serializerOf } from '../../platform/http/serializer.ts'
import { originOf } from '../../platform/storage/request-origin.ts'
import { actorOf } from '../auth/authenticate.ts'
import { changePost, deletePost, restorePost } from './change-post.ts'
import { createPost } from './create-post.ts'
import { type FeedRoutesDeps, feedRoutes } from './feeds.routes.ts'
import { listPosts, writeUsualPage } from './list-posts.ts'
import {
  createPostBody,
  etagOf,
  getPostQuery,
  ifMatchHeaders,
  ifNoneMatchHeaders,
  listPostsQuery,
  postParams,
  postSchema,
  publicPostParams,
  shownPostSchema,
  shownPostsSchema,
  updatePostBody,
  viewPost,
} from './posts.schema.ts'
import { getCoverLink, getPost } from './posts.service.ts'
import { answerPublicly, listTags, postTags } from './public-reads.ts'
import { showPost } from './show-post.ts'

export type PostRoutesDeps = FeedRoutesDeps

const tags = ['posts']

export const postRoutes = (deps: PostRoutesDeps) => async (app: App) => {
  feedRoutes(deps, app)
  readRoutes(deps, app)
  coverRoute(deps, app)
  writeRoutes(deps, app)
  deleteRoutes(deps, app)
}

const notModified = z.null().describe('What the client has is still right.')
const writePost = serializerOf(successOf(shownPostSchema))
const writePosts = serializerOf(shownPostsSchema)

const readRoutes = (deps: PostRoutesDeps, app: App) => {
  app.get(
    '/posts',
    {
      schema: {
        tags,
        summary: 'List and search posts',
        description:
          'Published posts for everybody; to who is signed in, own drafts and scheduled ones too; to managers and admins, all.',
        querystring: listPostsQuery,
        headers: ifNoneMatchHeaders,
        response: { 200: shownPostsSchema, 304: notModified },
      },
      config: { access: 'anyone', batchable: true },
    },
    async (request, reply) => {
      const { actor, query } = request
      return answerPublicly(deps, request, reply, { name: 'posts', query, tags: listTags }, async () =>
        readyJson(
          (await writeUsualPage(deps, actor, query)) ?? writePosts(await listPosts(deps, actor, query)),
        ),
      )
    },
  )

  app.get(
    '/posts/:id',
    {
      schema: {
        tags,
        summary: 'Get a post, by its id or its slug',
        params: publicPostParams,
        description: 'The `ETag` serves `If-Match` too: it begins with the version.',
        querystring: getPostQuery,
        headers: ifNoneMatchHeaders,
        response: { 200: successOf(shownPostSchema), 304: notModified },
      },
      config: { access: 'anyone', batchable: true },
    },
    async (request, reply) => {
      const { actor, query } = request
      const { id } = request.params
      const read = { name: 'post', query: { id, ...query }, tags: postTags(id) }
      return answerPublicly(deps, request, reply, read, async () => {
        const post = await getPost(deps, actor, id)
        return readyJson(writePost(ok(await showPost(deps, post, query))), post.version)
      })
    },
  )
}

const coverRoute = (deps: PostRoutesDeps, app: App) => {
  app.get(
    '/posts/:id/cover',
    {
      schema: {
        tags,
        summary: "Get a post's picture",
        params: publicPostParams,
        response: { 302: z.null().describe('To the picture. The link is good for an hour.') },
      },
      config: { access: 'anyone' },
    },
    async (request, reply) => {
      const origin = originOf(request, deps.publicUrl)
      const link = await getCoverLink(deps, request.actor, request.params.id, origin)
      return reply.header('cache-control', 'no-store').redirect(link, 302)
    },
  )
}

const writeRoutes = (deps: PostRoutesDeps, app: App) => {
  app.post(
    '/posts',
    {
      schema: {
        tags,
        summary: 'Write a post',
        headers: idempotencyHeaders,
        body: createPostBody,
        response: { 201: successOf(postSchema) },
      },
      config: { access: 'posts:create', batchable: true },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key']
      const { body } = await createPost(deps, actorOf(request), request.body, key)
      reply.status(201).header('location', `/v1/posts/${body.data.id}`).header('etag', etagOf(body.data))
      return body
    },
  )

  app.patch(
    '/posts/:id',
    {
      schema: {
        tags,
        summary: 'Change, schedule, publish or withdraw a post',
        params: postParams,
        headers: ifMatchHeaders,
        body: updatePostBody,
        response: { 200: successOf(postSchema) },
      },
      config: { access: 'posts:update', batchable: true },
    },
    async (request, reply) => {
      const { params, body, headers } = request
      const post = await changePost(deps, actorOf(request), params.id, body, headers['if-match'])
      reply.header('etag', etagOf(post))
      return ok(viewPost(post))
    },
  )
}

const deleteRoutes = (deps: PostRoutesDeps, app: App) => {
  app.delete(
    '/posts/:id',
    {
      schema: {
        tags,
        summary: 'Delete a post; it can be brought back for 30 days',
        params: postParams,
        headers: ifMatchHeaders,
        response: { 204: z.null() },
      },
      config: { access: 'posts:delete', batchable: true },
    },
    async (request, reply) => {
      await deletePost(deps, actorOf(request), request.params.id, request.headers['if-match'])
      return reply.status(204).send(null)
    },
  )

  app.post(
    '/posts/:id/restore',
    {
      schema: {
        tags,
        summary: 'Bring a deleted post back',
        params: postParams,
        response: { 200: successOf(postSchema) },
      },
      config: { access: 'posts:delete', batchable: true },
    },
    async (request, reply) => {
      const post = await restorePost(deps, actorOf(request), request.params.id)
      reply.header('etag', etagOf(post))
      return ok(viewPost(post))
    },
  )
}
