import { type Html, html } from '../../platform/http/html.ts'
import type { PostToView } from './posts.schema.ts'

export type FeedPost = Pick<
  PostToView,
  'id' | 'title' | 'slug' | 'excerpt' | 'tags' | 'publishedAt' | 'updatedAt'
> & { authorName: string | null }

export type Feed = {
  title: string
  /** Of the feed itself, absolute. */
  url: string
  /** What links to posts begin with. */
  origin: string
  posts: FeedPost[]
}

export const feedTypes = {
  rss: 'application/rss+xml; charset=utf-8',
  atom: 'application/atom+xml; charset=utf-8',
}

/** XML 1.0, 2.2: these may stand in no document, however they are written. */
const impossible = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu
const plain = (text: string) => text.replaceAll(impossible, '')
const nobody = 'Unknown'
const noTime = new Date(0)

const linkOf = ({ origin }: Feed, { slug }: FeedPost) => `${origin}/v1/posts/${encodeURIComponent(slug)}`
const all = (parts: Html[]): Html => ({ markup: parts.map(({ markup }) => markup).join('') })
const newest = ({ posts }: Feed) =>
  posts.reduce((latest, { updatedAt }) => (updatedAt > latest ? updatedAt : latest), noTime)

/** RSS 2.0 (https://www.rssboard.org/rss-specification), with the author's name in Dublin Core. */
export const writeRss = (feed: Feed): string => {
  const items = feed.posts.map(
    (post) => html`
<item><title>${plain(post.title)}</title><link>${linkOf(feed, post)}</link>
<guid isPermaLink="false">urn:uuid:${post.id}</guid><pubDate>${(post.publishedAt ?? noTime).toUTCString()}</pubDate>
<dc:creator>${plain(post.authorName ?? nobody)}</dc:creator>
${all(post.tags.map((tag) => html`<category>${plain(tag)}</category>`))}<description>${plain(post.excerpt)}</description></item>`,
  )
  return html`<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>${plain(feed.title)}</title><link>${feed.origin}/v1/posts</link><description>${plain(feed.title)}</description>
<atom:link href="${feed.url}" rel="self" type="application/rss+xml"/>
<lastBuildDate>${newest(feed).toUTCString()}</lastBuildDate>${all(items)}
</channel></rss>
`.markup
}

/** Atom 1.0 (RFC 4287). */
export const writeAtom = (feed: Feed): string => {
  const entries = feed.posts.map(
    (post) => html`
<entry><id>urn:uuid:${post.id}</id><title>${plain(post.title)}</title><link href="${linkOf(feed, post)}"/>
<published>${(post.publishedAt ?? noTime).toISOString()}</published><updated>${post.updatedAt.toISOString()}</updated>
<author><name>${plain(post.authorName ?? nobody)}</name></author>
${all(post.tags.map((tag) => html`<category term="${plain(tag)}"/>`))}<summary>${plain(post.excerpt)}</summary></entry>`,
  )
  return html`<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>${feed.url}</id><title>${plain(feed.title)}</title>
<link href="${feed.url}" rel="self"/><updated>${newest(feed).toISOString()}</updated>${all(entries)}
</feed>
`.markup
}
