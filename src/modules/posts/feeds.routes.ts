import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { App } from '../../platform/http/http-server.ts'
import { originOf } from '../../platform/storage/request-origin.ts'
import { type Feed, feedTypes, writeAtom, writeRss } from './feeds.ts'
import { listPublished } from './list-posts.ts'
import { feedQuery } from './posts.schema.ts'
import type { PostsDeps } from './posts.service.ts'
import { namesOf } from './show-post.ts'

const postsInFeed = 20

export type FeedRoutesDeps = PostsDeps & { publicUrl: string | undefined }

/** What was published last, for feed readers. */
export const feedRoutes = (deps: FeedRoutesDeps, app: App) => {
  const formats = [
    { name: 'rss', summary: 'Follow posts by RSS 2.0', write: writeRss },
    { name: 'atom', summary: 'Follow posts by Atom', write: writeAtom },
  ] as const
  for (const { name, summary, write } of formats) {
    app.get(
      `/posts/feed.${name}`,
      {
        schema: {
          tags: ['posts'],
          summary,
          querystring: feedQuery,
          response: {
            200: { description: 'The newest posts.', content: { [feedTypes[name]]: { schema: z.string() } } },
          },
        },
        config: { access: 'public' },
      },
      async (request, reply) => {
        const feed = await readFeed(deps, request, request.query)
        return reply.type(feedTypes[name]).send(write(feed))
      },
    )
  }
}

const readFeed = async (
  deps: FeedRoutesDeps,
  request: FastifyRequest,
  query: z.infer<typeof feedQuery>,
): Promise<Feed> => {
  const origin = originOf(request, deps.publicUrl)
  const rows = await listPublished(deps, query, postsInFeed)
  const names = await namesOf(deps, rows)
  const ofTag = query.tag === undefined ? '' : ` about ${query.tag}`
  const ofAuthor = query.author === undefined ? '' : ` by ${names.get(query.author) ?? query.author}`
  return {
    title: `Posts${ofTag}${ofAuthor}`,
    url: `${origin}${request.url}`,
    origin,
    posts: rows.map((row) => ({ ...row, authorName: names.get(row.authorId) ?? null })),
  }
}
