import { type Load, uniqueMark } from './load.ts'
import { connections } from './measure.ts'
import type { Stage } from './stage.ts'
import { request, shuffled } from './users.ts'

type Ground = Pick<Stage, 'people' | 'posts'>
type Plans = Load['plans']

const requestsEach = 25
const pageSize = 20

/** For each connection, as a user of its own. */
const eachUser = (
  { people }: Ground,
  count: number,
  plan: (token: string, connection: number) => string[],
): Plans => people.slice(0, count).map(({ token }, connection) => plan(token, connection))

const range = (count: number) => Array.from({ length: count }, (_, n) => n)

/** No two connections read one post. */
export const getPlans = (ground: Ground, port: number): Plans =>
  eachUser(ground, connections, (token, connection) =>
    range(requestsEach).map((n) => {
      const { id = '' } = ground.posts.published[connection * requestsEach + n] ?? {}
      return request('GET', `/posts/${id}`, token, port)
    }),
  )

/** The same posts, for who is nobody in particular. */
export const publicPlans = (ground: Ground, port: number): Plans =>
  getPlans(ground, port).map((plan) => plan.map((text) => text.replace(/Authorization: .*\r\n/, '')))

/** Page after page by cursor, each connection somewhere else in the list. */
export const listPlans = (ground: Ground, port: number): Plans =>
  eachUser(ground, connections, (token, connection) =>
    range(requestsEach).map((n) => {
      const at = (connection * 12 + n) * pageSize
      return request('GET', `/posts?limit=${pageSize}&cursor=${cursorAt(ground, at)}`, token, port)
    }),
  )

const cursorAt = ({ posts }: Ground, at: number): string => {
  const post = posts.published[at % posts.published.length]
  return Buffer.from(JSON.stringify(['-publishedAt', post?.publishedAt, post?.id])).toString('base64url')
}

export const searchPlans = (ground: Ground, port: number): Plans =>
  eachUser(ground, connections, (token, connection) =>
    range(requestsEach).map((n) => searchFor(ground, connection * requestsEach + n, token, port)),
  )

const searchFor = ({ posts }: Ground, n: number, token: string, port: number) =>
  request('GET', `/posts?limit=${pageSize}&q=${posts.words[n % posts.words.length]}`, token, port)

/** A kilobyte of Markdown, no two alike. */
const newPost = (status: 'draft' | 'published') => ({
  title: `Harbours, number ${uniqueMark}`,
  body: `## The harbour ${uniqueMark}\n\n${'What the *boats* brought in, and [who](https://example.com/) bought it. '.repeat(14)}\n\n- one\n- two\n`,
  tags: ['harbours', 'boats'],
  status,
})

export const createPlans = (ground: Ground, port: number, status: 'draft' | 'published'): Plans =>
  eachUser(ground, connections, (token) => [request('POST', '/posts', token, port, newPost(status))])

/** Of forty requests thirty-six read: 28 a post, 8 a page; three create a published post and one changes one. */
export const mixedPlans = (ground: Ground, port: number, count: number): Plans => {
  const { published } = ground.posts
  const postOf = new Map(published.map(({ id, authorId }) => [authorId, id]))
  return ground.people.slice(0, count).map(({ id: userId, token }, connection) => {
    const read = (path: string) => request('GET', path, token, port)
    const cursor = (n: number) =>
      n % 2 === 0 ? '' : `&cursor=${cursorAt(ground, (connection + n) * pageSize)}`
    const change = { excerpt: `The beginning, ${uniqueMark}` }
    return shuffled([
      ...range(28).map((n) => read(`/posts/${published[connection * 13 + n]?.id}`)),
      ...range(8).map((n) => read(`/posts?limit=${pageSize}${cursor(n)}`)),
      ...range(3).map(() => request('POST', '/posts', token, port, newPost('published'))),
      request('PATCH', `/posts/${postOf.get(userId)}`, token, port, change),
    ])
  })
}
