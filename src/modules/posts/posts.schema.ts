import { z } from 'zod'
import { listOf } from '../../platform/http/envelope.ts'
import { fieldsOf } from '../../platform/http/selected-fields.ts'
import { instantField, type KeyKind, sortedPageQuery } from '../../platform/http/sorted-paging.ts'
import { languages } from './languages.ts'
import { type PostRow, postStatuses } from './posts.table.ts'
import { slugOf } from './slug.ts'
import { tagField, tagsField } from './tag.ts'

const longestTitle = 200
const longestSlugInput = 200
const longestExcerpt = 500
const mostBodyBytes = 200 * 1024

const oneLine = /^[^\p{Cc}\p{Cs}]*$/u
/** One class of characters: engines keep a place on the stack for each round of a choice, and run out of it in a body of 9 MB. */
const manyLines = /^[\P{C}\p{Cf}\p{Cn}\p{Co}\n\r\t]*$/u

const title = z.string().trim().min(1).max(longestTitle).regex(oneLine, 'No control characters.')

const body = z
  .string()
  .max(mostBodyBytes)
  .refine((text) => Buffer.byteLength(text) <= mostBodyBytes, 'At most 200 KB.')
  .regex(manyLines, 'No control characters but tabs and ends of lines.')
  .describe('Markdown. It is kept as it is written.')

const settings = {
  slug: z
    .string()
    .trim()
    .max(longestSlugInput)
    .refine((text) => slugOf(text) === text, 'Letters and digits in lower case, with single hyphens between.')
    .optional()
    .describe(
      'What stands for the post in addresses. Made of the title when left out; a number makes it unique.',
    ),
  tags: tagsField.optional(),
  language: z.enum(languages).optional().describe('Whose words are searched for. `english` when left out.'),
  coverFileId: z.uuid().nullable().optional().describe("A picture among the author's files."),
  excerpt: z
    .string()
    .trim()
    .min(1)
    .max(longestExcerpt)
    .regex(manyLines, 'No control characters but tabs and ends of lines.')
    .nullable()
    .optional()
    .describe('Plain text. When left out or null, the beginning of the body.'),
  status: z.enum(postStatuses).optional().describe('`draft` when left out.'),
  publishedAt: instantField
    .optional()
    .describe(
      'When a scheduled post is to be published; of a published one, when it was. Now when left out.',
    ),
}

export const createPostBody = z.strictObject({ title, body, ...settings })
export type CreatePost = z.infer<typeof createPostBody>

export const updatePostBody = z
  .strictObject({
    title: title.optional(),
    body: body.optional(),
    ...settings,
    version: z
      .int()
      .min(1)
      .optional()
      .describe('The version that you have. Another one is refused with 412.'),
  })
  .refine(
    ({ version: _, ...changes }) => Object.keys(changes).length > 0,
    'Name at least one field to change.',
  )
export type UpdatePost = z.infer<typeof updatePostBody>

export const postParams = z.object({ id: z.uuid() })
export const publicPostParams = z.object({
  id: z.string().min(1).max(longestSlugInput).describe('The id or the slug.'),
})

export const ifNoneMatchHeaders = z.object({
  'if-none-match': z
    .string()
    .max(2_000)
    .optional()
    .describe('The `ETag` that you have. While it is still right the answer is 304, without a body.'),
})

export const ifMatchHeaders = z.object({
  'if-match': z
    .string()
    .max(500)
    .optional()
    .describe('The `ETag` that you have. Another one is refused with 412.'),
})

export const postSchema = z
  .object({
    id: z.uuid(),
    authorId: z.uuid(),
    title: z.string(),
    slug: z.string(),
    excerpt: z.string(),
    tags: z.array(z.string()),
    language: z.enum(languages),
    coverFileId: z.uuid().nullable(),
    coverUrl: z.string().nullable().describe('Answers with the picture to whoever may see the post.'),
    status: z.enum(postStatuses),
    publishedAt: z.iso.datetime().nullable(),
    version: z.int().describe('Grows with every change.'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    body: z.string(),
  })
  .meta({ id: 'Post' })

/** A post as a request wants it shown. */
const selectablePost = postSchema.extend({
  bodyHtml: z.string().describe('The body as HTML that can stand in any page.'),
  authorName: z.string().nullable(),
})
export type PostField = keyof z.infer<typeof selectablePost>

export const shownPostSchema = selectablePost
  .partial()
  .extend({
    highlight: z
      .object({ title: z.string(), text: z.string() })
      .optional()
      .describe('With `q`: where its words stand, as HTML with `<mark>` around them.'),
  })
  .meta({ id: 'ShownPost' })
export type ShownPost = z.infer<typeof shownPostSchema>

const fields = fieldsOf(selectablePost)

export const getPostQuery = z.object({
  render: z.enum(['html']).optional().describe('`html` adds `bodyHtml`.'),
  fields: fields.describe(
    'Only these, with commas between. All but `bodyHtml` and `authorName` when left out.',
  ),
})
export type GetPost = z.infer<typeof getPostQuery>

/** How lists can be sorted, and what kind of value each goes by. */
export const sortKinds = {
  publishedAt: 'instant',
  createdAt: 'instant',
  updatedAt: 'instant',
  title: 'text',
} as const satisfies Record<string, KeyKind>
export type PostSort = keyof typeof sortKinds

const sortNames = Object.keys(sortKinds).flatMap((name) => [name, `-${name}`])

export const mostBodies = 20

/** Filters that lists and feeds have in common. */
const ofWhom = {
  author: z.uuid().optional().describe("Only this user's."),
  tag: tagField.optional(),
}
export const feedQuery = z.object(ofWhom)

export const listPostsQuery = sortedPageQuery.extend({
  ...ofWhom,
  q: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'Words in title, tags, excerpt and body: all of them, `"in a row"`, `or`, `-without`; the last may be begun.',
    ),
  language: z
    .enum(languages)
    .optional()
    .describe('Only posts in this language; `q` is then read in it alone.'),
  status: z.enum(postStatuses).optional(),
  published: z
    .stringbool()
    .optional()
    .describe('True: only published posts; false: only your drafts and scheduled ones.'),
  deleted: z.stringbool().default(false).describe('Only deleted posts that you may restore.'),
  from: instantField.optional().describe('Published then or later. Drafts count as of when they were begun.'),
  to: instantField.optional().describe('Published before then.'),
  sort: z
    .enum([...sortNames, 'relevance'])
    .optional()
    .describe('`-publishedAt` when left out, and with `q` by relevance. A minus turns the order around.'),
  fields: fields.describe(
    `Only these, with commas between. All but \`body\`, \`bodyHtml\` and \`authorName\` when left out; with a body, \`limit\` is ${mostBodies} at most.`,
  ),
})
export type ListPosts = z.infer<typeof listPostsQuery>

export const shownPostsSchema = listOf(shownPostSchema)

/** A row, with or without its body. */
export type PostToView = Omit<PostRow, 'body'> & { body?: string }

export const viewListedPost = (row: PostToView) => ({
  id: row.id,
  authorId: row.authorId,
  title: row.title,
  slug: row.slug,
  excerpt: row.excerpt,
  tags: row.tags,
  language: row.language,
  coverFileId: row.coverFileId,
  coverUrl: row.coverFileId === null ? null : `/v1/posts/${row.id}/cover`,
  status: row.status,
  publishedAt: row.publishedAt?.toISOString() ?? null,
  version: row.version,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})

export const viewPost = (row: PostRow) => ({ ...viewListedPost(row), body: row.body })

/** As an entity tag (RFC 9110, 8.8.3). */
export const etagOf = ({ version }: Pick<PostRow, 'version'>) => `"${version}"`

/**
 * Which version of a post a strong entity tag is of: what reads answer with says after the version which form they showed.
 * A weak one is of none (RFC 9110, 13.1.1).
 */
export const versionOfTag = (tag: string): number | undefined => {
  const [, version] = /^"(\d{1,10})(?:-[\w-]+)?"$/.exec(tag) ?? []
  return version === undefined ? undefined : Number(version)
}
