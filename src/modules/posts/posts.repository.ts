import { and, eq, getTableColumns, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import { type Executor, onlyRow, type ReadDb, type Tx } from '../../platform/database/database.ts'
import { violatedConstraint } from '../../platform/database/infrastructure-error.ts'
import { preparedOn } from '../../platform/database/prepared.ts'
import { readTogether } from '../../platform/database/read-together.ts'
import { type PostRow, posts } from './posts.table.ts'

const { search: _, ...columns } = getTableColumns(posts)

export { columns as postColumns }

/** All that who writes a post decides, but for the slug. */
export type NewPost = Pick<
  PostRow,
  | 'authorId'
  | 'title'
  | 'body'
  | 'excerpt'
  | 'excerptGiven'
  | 'tags'
  | 'language'
  | 'coverFileId'
  | 'status'
  | 'publishedAt'
>
export type PostChanges = Partial<Omit<NewPost, 'authorId'>>

const given = sql.placeholder
const insertion = preparedOn((executor: Executor) =>
  executor
    .insert(posts)
    .values({
      authorId: given('authorId'),
      title: given('title'),
      slug: given('slug'),
      body: given('body'),
      excerpt: given('excerpt'),
      excerptGiven: given('excerptGiven'),
      tags: given('tags'),
      language: given('language'),
      coverFileId: given('coverFileId'),
      status: given('status'),
      publishedAt: sql`${given('publishedAt')}::timestamptz`,
    })
    .onConflictDoNothing({ target: posts.slug })
    .returning(columns)
    .prepare('insert_post'),
)

/** Undefined when another post has the slug. */
export const insertPost = async (
  executor: Executor,
  { publishedAt, ...post }: NewPost & { slug: string },
): Promise<PostRow | undefined> => {
  const [row] = await insertion(executor).execute({
    ...post,
    publishedAt: publishedAt?.toISOString() ?? null,
  })
  return row
}

const postsByIds = preparedOn((db: ReadDb) =>
  db
    .select(columns)
    .from(posts)
    .where(and(sql`${posts.id} = any(${sql.placeholder('ids')}::uuid[])`, isNull(posts.deletedAt)))
    .prepare('find_posts'),
)

export const findPost = readTogether(
  (db: ReadDb, ids: string[]): Promise<PostRow[]> => postsByIds(db).execute({ ids }),
)

const postBySlug = preparedOn((db: ReadDb) =>
  db
    .select(columns)
    .from(posts)
    .where(and(eq(posts.slug, sql.placeholder('slug')), isNull(posts.deletedAt)))
    .prepare('find_post_by_slug'),
)

export const findPostBySlug = async (db: ReadDb, slug: string): Promise<PostRow | undefined> => {
  const [row] = await postBySlug(db).execute({ slug })
  return row
}

/** Deleted or not. Nobody else changes it until the transaction ends. */
export const lockPost = async (tx: Tx, id: string): Promise<PostRow | undefined> => {
  const [row] = await tx.select(columns).from(posts).where(eq(posts.id, id)).for('no key update')
  return row
}

/** Which of these slugs belong to posts. */
export const findTakenSlugs = async (tx: Tx, slugs: string[]): Promise<string[]> => {
  const rows = await tx.select({ slug: posts.slug }).from(posts).where(inArray(posts.slug, slugs))
  return rows.map(({ slug }) => slug)
}

const changed = { version: sql`${posts.version} + 1`, updatedAt: sql`now()` }

export const updatePost = async (
  tx: Tx,
  id: string,
  changes: PostChanges & { slug?: string },
): Promise<PostRow> =>
  onlyRow(
    await tx
      .update(posts)
      .set({ ...changes, ...changed })
      .where(eq(posts.id, id))
      .returning(columns),
  )

/** Gives the post another slug. False when another post has it. */
export const trySlug = async (tx: Tx, id: string, slug: string): Promise<boolean> => {
  try {
    // In a savepoint: what is refused does not end the transaction.
    await tx.transaction((inner) => inner.update(posts).set({ slug }).where(eq(posts.id, id)))
    return true
  } catch (error) {
    if (violatedConstraint(error, '23505') === 'posts_slug') return false
    throw error
  }
}

/** Notes which job publishes the post: no other one does from now on. */
export const setPublishJob = async (tx: Tx, id: string, publishJobId: string | null): Promise<void> => {
  await tx.update(posts).set({ publishJobId }).where(eq(posts.id, id))
}

const isScheduledBy = (id: string, jobId: string): SQL | undefined =>
  and(eq(posts.id, id), eq(posts.status, 'scheduled'), eq(posts.publishJobId, jobId), isNull(posts.deletedAt))

/** Publishes what this job is there to publish. Undefined when that is no longer so. */
export const publishScheduled = async (tx: Tx, id: string, jobId: string): Promise<PostRow | undefined> => {
  const [row] = await tx
    .update(posts)
    .set({ status: 'published', publishJobId: null, ...changed })
    .where(isScheduledBy(id, jobId))
    .returning(columns)
  return row
}

/** Makes a draft of what this job will not publish. */
export const unschedule = async (tx: Tx, id: string, jobId: string): Promise<void> => {
  await tx
    .update(posts)
    .set({ status: 'draft', publishedAt: null, publishJobId: null, ...changed })
    .where(isScheduledBy(id, jobId))
}

export const setDeleted = async (tx: Tx, id: string, isDeleted: boolean): Promise<PostRow> =>
  onlyRow(
    await tx
      .update(posts)
      .set({ deletedAt: isDeleted ? sql`now()` : null, ...changed })
      .where(eq(posts.id, id))
      .returning(columns),
  )

/** Removes posts that were deleted more than so many days ago. Returns how many. */
export const purgePosts = async (db: Executor, days: number, limit: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    delete from ${posts} where id in (
      select id from ${posts}
      where ${isNotNull(posts.deletedAt)} and deleted_at < now() - make_interval(days => ${days})
      limit ${limit} for update skip locked)`)
  return rowCount ?? 0
}
