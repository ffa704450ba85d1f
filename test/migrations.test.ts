import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { unsafeStatements } from './harness/unsafe-sql.ts'

const folder = path.join(import.meta.dirname, '../migrations')
/** Up to here there was no installation that could be upgraded while it runs. */
const baseline = '0013'

test('new migrations are safe while the previous version still runs', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  expect(names).toContain('0013_posts_statistics.sql')
  const faults = names
    .filter((name) => name.slice(0, 4) > baseline)
    .flatMap((name) => {
      const sql = readFileSync(path.join(folder, name), 'utf8')
      return unsafeStatements(sql).map((fault) => `${name}: ${fault}`)
    })
  expect(faults).toEqual([])
})

test.each([
  ['drop-table', 'DROP TABLE posts'],
  ['drop-column', 'ALTER TABLE "posts" DROP COLUMN "body"'],
  ['rename', 'ALTER TABLE posts RENAME COLUMN body TO text'],
  ['rename', 'ALTER TABLE posts RENAME TO articles'],
  ['change-type', 'ALTER TABLE posts ALTER COLUMN size SET DATA TYPE bigint'],
  ['set-not-null', 'ALTER TABLE posts ALTER COLUMN body SET NOT NULL'],
  ['not-null-without-default', 'ALTER TABLE posts ADD COLUMN language text NOT NULL'],
  ['volatile-default', 'ALTER TABLE posts ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL'],
  ['serial', 'ALTER TABLE posts ADD COLUMN number bigserial'],
  ['index-locks-writes', 'CREATE UNIQUE INDEX posts_slug ON posts (slug)'],
  ['constraint-reads-all', 'ALTER TABLE posts ADD CONSTRAINT c CHECK (size > 0)'],
  ['constraint-reads-all', 'ALTER TABLE posts ADD CONSTRAINT f FOREIGN KEY (a)\n REFERENCES users (id)'],
  ['constraint-makes-index', 'ALTER TABLE posts ADD CONSTRAINT u UNIQUE (slug)'],
])('%s is refused: %s', (rule, statement) => {
  const faults = unsafeStatements(`SELECT 1;--> statement-breakpoint\n${statement};`)
  expect(faults).toEqual([expect.stringMatching(`^${rule}: `)])
  expect(unsafeStatements(`-- allow: ${rule} because nobody has used it since 0.2\n${statement};`)).toEqual(
    [],
  )
  expect(unsafeStatements(`-- allow: ${rule}\n${statement};`)).toHaveLength(1)
})

test.each([
  'CREATE TABLE notes (id uuid PRIMARY KEY, text text NOT NULL); CREATE INDEX notes_text ON notes (text)',
  'ALTER TABLE posts ADD COLUMN language text',
  "ALTER TABLE posts ADD COLUMN language text DEFAULT 'en' NOT NULL",
  'ALTER TABLE posts ADD COLUMN seen_at timestamptz DEFAULT now() NOT NULL',
  'ALTER TABLE posts ADD CONSTRAINT c CHECK (size > 0) NOT VALID',
  'ALTER TABLE posts VALIDATE CONSTRAINT c',
])('%s is taken', (statement) => {
  expect(unsafeStatements(statement)).toEqual([])
})
