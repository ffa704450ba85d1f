import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  customType,
  index,
  integer,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { idColumn, instant } from '../../platform/database/columns.ts'
import { languages } from './languages.ts'

export const postStatuses = ['draft', 'scheduled', 'published'] as const
export type PostStatus = (typeof postStatuses)[number]

/** As precise as a JavaScript date, so that a cursor that holds one finds its place again. */
const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })
const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })

export const posts = pgTable(
  'posts',
  {
    id: idColumn(),
    authorId: uuid('author_id').notNull(),
    title: text('title').notNull(),
    slug: text('slug').notNull(),
    /** Markdown, as it was written. */
    body: text('body').notNull(),
    excerpt: text('excerpt').notNull(),
    /** Whether the author wrote the excerpt. Else it is the beginning of the body, and changes with it. */
    excerptGiven: boolean('excerpt_given').notNull(),
    tags: text('tags').array().notNull(),
    /** Whose words these are, for searching: a text search configuration of PostgreSQL. */
    language: text('language', { enum: languages }).notNull(),
    coverFileId: uuid('cover_file_id'),
    status: text('status', { enum: postStatuses }).notNull(),
    /** Of a scheduled post, when it will be; of a draft, null. */
    publishedAt: moment('published_at'),
    /** The job that publishes it. Any other job of this post finds nothing to do. */
    publishJobId: uuid('publish_job_id'),
    version: integer('version').notNull().default(1),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
    deletedAt: instant('deleted_at'),
    /** What lists go by: drafts stand among the others at the time when they were begun. */
    sortAt: moment('sort_at').notNull().generatedAlwaysAs(sql`coalesce(published_at, created_at)`),
    search: tsvector('search')
      .notNull()
      .generatedAlwaysAs(sql`post_search_vector(language, title, tags, excerpt, body)`),
  },
  (post) => [
    check('posts_status_known', sql`${post.status} in ('draft', 'scheduled', 'published')`),
    check('posts_published_at', sql`(${post.status} = 'draft') = (${post.publishedAt} is null)`),
    uniqueIndex('posts_slug').on(post.slug),
    index('posts_published')
      .on(post.sortAt, post.id)
      .where(sql`${post.status} = 'published' and ${post.deletedAt} is null`),
    index('posts_recent').on(post.sortAt, post.id).where(sql`${post.deletedAt} is null`),
    index('posts_unpublished')
      .on(post.status, post.sortAt, post.id)
      .where(sql`${post.status} <> 'published' and ${post.deletedAt} is null`),
    index('posts_author').on(post.authorId, post.sortAt, post.id),
    index('posts_created').on(post.createdAt, post.id).where(sql`${post.deletedAt} is null`),
    index('posts_updated').on(post.updatedAt, post.id).where(sql`${post.deletedAt} is null`),
    index('posts_title').on(post.title, post.id).where(sql`${post.deletedAt} is null`),
    index('posts_tags').using('gin', post.tags),
    index('posts_search').using('gin', post.search),
    index('posts_deleted').on(post.deletedAt).where(sql`${post.deletedAt} is not null`),
    index('posts_cover').on(post.coverFileId).where(sql`${post.coverFileId} is not null`),
  ],
)

/** A post without what only the database reads. */
export type PostRow = Omit<typeof posts.$inferSelect, 'search'>
