import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Cache, SharedForm } from '../../platform/cache/cache.ts'
import { entityTagForm, jsonType, type ReadyAnswer, sendReady } from '../../platform/http/ready-answer.ts'
import { sessionCookie } from '../auth/session-cookie.ts'
import { authorsTag } from '../users/users.service.ts'
import { feedTypes } from './feeds.ts'
import type { PostRow } from './posts.table.ts'

/** What one anonymous answer is known by, and what it depends on. */
export type PublicRead = {
  name: string
  query: object
  tags: readonly string[]
  /** It does not depend on who asks: who is signed in gets it too. */
  isForEverybody?: true
}

/**
 * Caches of others hear of no change. So these seconds, and once more those in which a cache may still give what it has while
 * it asks, are how long a withdrawn post can be seen there.
 */
const publicControl = 'public, max-age=5, stale-while-revalidate=30'
/** Errors heed `Accept` too, and nobody keeps those. */
const variesByCaller = 'authorization, cookie, accept-encoding'
const staleForMs = 30_000
const overheadBytes = 512

/** What is made of a post. Whoever writes to Redis decides on no header beyond that. */
const storedAnswer = z.tuple([
  z.enum([jsonType, feedTypes.rss, feedTypes.atom]),
  z.string().regex(entityTagForm),
  z.string(),
])

const answers: SharedForm<ReadyAnswer> = {
  staleForMs,
  // Its compressed forms, which come later, take less together than the body.
  sizeOf: ({ body }) => 2 * body.length + overheadBytes,
  write: ({ type, etag, body }) => JSON.stringify([type, etag, body.toString()]),
  read: (text) => {
    const stored = storedAnswer.safeParse(parsed(text)).data
    if (stored === undefined) return undefined
    const [type, etag, body] = stored
    return { type, etag, body: Buffer.from(body), compressed: {} }
  },
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A list, a search or a feed changes with every post that everybody may see. */
export const listTags = ['posts', authorsTag]
/** A post is asked for by its id or by its slug. */
export const postTags = (idOrSlug: string) => [postTag(idOrSlug), authorsTag]
/** Encoded: tags travel with commas between, and their length is counted in letters of one byte. */
const postTag = (idOrSlug: string) => `post:${encodeURIComponent(idOrSlug.toLowerCase())}`

/**
 * Answers a read that everybody may make. Who is nobody in particular gets what others got, for as long as it is true; who is
 * signed in, or was, always gets his own, unless all get the same.
 */
export const answerPublicly = async (
  { cache }: { cache: Cache },
  request: FastifyRequest,
  reply: FastifyReply,
  read: PublicRead,
  make: () => Promise<ReadyAnswer>,
): Promise<FastifyReply> => {
  const { isForEverybody } = read
  const isShared = isForEverybody || isAnonymous(request)
  const answer = isShared ? await readPublicly(cache, reply, read, make) : await make()
  addVary(reply, isForEverybody ? 'accept-encoding' : variesByCaller)
  return sendReady(request, reply, answer)
}

const readPublicly = async (
  cache: Cache,
  reply: FastifyReply,
  { name, query, tags }: PublicRead,
  make: () => Promise<ReadyAnswer>,
): Promise<ReadyAnswer> => {
  // Hashed, because a cursor or a search is as long as its writer likes.
  const key = `${name}:${hash('sha256', JSON.stringify(query), 'base64url')}`
  const answer = await cache.get(key, tags, make, answers)
  reply.header('cache-control', publicControl)
  return answer
}

/** The cookie of a session that has ended names somebody too. */
const isAnonymous = ({ actor, headers, cookies }: FastifyRequest): boolean =>
  actor === undefined && headers.authorization === undefined && cookies[sessionCookie] === undefined

const addVary = (reply: FastifyReply, names: string) => {
  const vary = reply.getHeader('vary')
  reply.header('vary', vary === undefined ? names : `${vary}, ${names}`)
}

type SeenPost = Pick<PostRow, 'id' | 'slug' | 'status' | 'deletedAt'>

const isPublic = ({ status, deletedAt }: SeenPost) => status === 'published' && deletedAt === null

/**
 * What a change of a post makes untrue.
 * @param states the post before and after: what everybody saw in none of them is in no cache
 */
export const changedTags = (...states: SeenPost[]): string[] =>
  states.some(isPublic)
    ? ['posts', ...new Set(states.flatMap(({ id, slug }) => [postTag(id), postTag(slug)]))]
    : []

/** Makes everybody see a change of a post. Call it after the commit (`invalidateAfter`). */
export const tellEverybody = ({ cache }: { cache: Cache }, ...states: SeenPost[]): Promise<void> =>
  cache.invalidateShared(changedTags(...states))

/** The same for a new one: nobody can have asked for it, but for lists. */
export const tellOfNewPost = ({ cache }: { cache: Cache }, { status }: Pick<PostRow, 'status'>) =>
  cache.invalidateShared(status === 'published' ? ['posts'] : [])
