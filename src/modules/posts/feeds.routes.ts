import { z } from 'zod'
import type { App } from '../../platform/http/http-server.ts'
import { readyText, sendReady } from '../../platform/http/ready-answer.ts'
import { originOf } from '../../platform/storage/request-origin.ts'
import { type Feed, feedTypes, writeAtom, writeRss } from './feeds.ts'
import { listPublished } from './list-posts.ts'
import { feedQuery, ifNoneMatchHeaders } from './posts.schema.ts'
import type { PostsDeps } from './posts.service.ts'
import { answerPublicly, listTags } from './public-reads.ts'
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
          description: `The ${postsInFeed} posts that were published last.`,
          querystring: feedQuery,
          headers: ifNoneMatchHeaders,
          response: {
            200: { description: 'The newest posts.', content: { [feedTypes[name]]: { schema: z.string() } } },
            304: z.null().describe('What the client has is still right.'),
          },
        },
        config: { access: 'public' },
      },
      async (request, reply) => {
        const { query } = request
        const origin = originOf(request, deps.publicUrl)
        const make = async () =>
          readyText(feedTypes[name], write(await readFeed(deps, { name, origin, query })))
        // What was made of a `Host` that somebody claims is for nobody else.
        if (deps.publicUrl === undefined) return sendReady(request, reply, await make())
        const about = { name: `feed.${name}`, query: { origin, ...query }, tags: listTags }
        return answerPublicly(deps, request, reply, { ...about, isForEverybody: true }, make)
      },
    )
  }
}

const readFeed = async (
  deps: FeedRoutesDeps,
  { name, origin, query }: { name: string; origin: string; query: z.infer<typeof feedQuery> },
): Promise<Feed> => {
  const rows = await listPublished(deps, query, postsInFeed)
  const names = await namesOf(deps, rows)
  const ofTag = query.tag === undefined ? '' : ` about ${query.tag}`
  const ofAuthor = query.author === undefined ? '' : ` by ${names.get(query.author) ?? query.author}`
  return {
    title: `Posts${ofTag}${ofAuthor}`,
    url: `${origin}/v1/posts/feed.${name}${asked(query)}`,
    origin,
    posts: rows.map((row) => ({ ...row, authorName: names.get(row.authorId) ?? null })),
  }
}

/** Only what the feed goes by: what else a request says would stand in what others get. */
const asked = (query: z.infer<typeof feedQuery>): string => {
  const text = new URLSearchParams(query).toString()
  return text === '' ? '' : `?${text}`
}
