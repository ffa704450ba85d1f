/** What breaks the previous version while it still runs, or keeps it waiting for a lock while a whole table is read. */
const rules: Record<string, { pattern: RegExp; instead: string }> = {
  'drop-table': { pattern: /\bDROP TABLE\b/i, instead: 'drop it a version after the last one that uses it' },
  'drop-column': {
    pattern: /\bDROP COLUMN\b/i,
    instead: 'drop it a version after the last one that uses it',
  },
  rename: {
    pattern: /\bRENAME (COLUMN|TO)\b/i,
    instead: 'add the new name, fill both, drop the old one later',
  },
  'change-type': {
    pattern: /\bALTER COLUMN\b.+\b(SET DATA )?TYPE\b/i,
    instead: 'add a column of the new type',
  },
  'set-not-null': {
    pattern: /\bSET NOT NULL\b/i,
    instead: 'add a CHECK (... IS NOT NULL) NOT VALID, fill, VALIDATE, and then allow this',
  },
  'not-null-without-default': {
    pattern: /\bADD COLUMN\b(?!.*\bDEFAULT\b).*\bNOT NULL\b/i,
    instead: 'give it a constant default: the previous version does not name it',
  },
  'volatile-default': {
    pattern: /\bADD COLUMN\b.*\bDEFAULT\b.*\b(uuidv7|gen_random_uuid|random|clock_timestamp|nextval)\s*\(/i,
    instead: 'add it without default, and set the default and fill it afterwards',
  },
  serial: { pattern: /\bADD COLUMN\b.*\b(SMALL|BIG)?SERIAL\b/i, instead: 'every row is written anew' },
  'index-locks-writes': {
    pattern: /\bCREATE (UNIQUE )?INDEX\b(?! CONCURRENTLY)/i,
    instead: 'migrations run in a transaction: make it CONCURRENTLY by hand before, and IF NOT EXISTS here',
  },
  'constraint-reads-all': {
    pattern: /\bADD CONSTRAINT\b.*\b(CHECK|FOREIGN KEY)\b(?!.*\bNOT VALID\b)/i,
    instead: 'add it NOT VALID, and VALIDATE it in the next migration',
  },
  'constraint-makes-index': {
    pattern: /\bADD CONSTRAINT\b.*\b(UNIQUE|PRIMARY KEY)\b(?!.*\bUSING INDEX\b)/i,
    instead: 'make the index first, and add the constraint USING INDEX',
  },
}

const allowance = /--\s*allow:\s*([a-z-]+)\s+because\s+\S{3,}/g
const tableOf =
  /\b(?:ALTER TABLE|DROP TABLE)\s+(?:IF EXISTS\s+)?(?:ONLY\s+)?([\w."]+)|\bINDEX\b.*?\bON\s+(?:ONLY\s+)?([\w."]+)/i
const createdTables = /\bCREATE (?:UNLOGGED )?TABLE\s+(?:IF NOT EXISTS\s+)?([\w."]+)/gi

/**
 * A sentence for each statement of a migration that is not safe while the previous version runs. Tables that the migration itself
 * makes may have anything. `-- allow: <rule> because <reason>` before a statement lets one rule pass.
 */
export const unsafeStatements = (sql: string): string[] => {
  const created = new Set([...sql.matchAll(createdTables)].map(([, name = '']) => plain(name)))
  const faults: string[] = []
  for (const part of sql.split('--> statement-breakpoint')) {
    const allowed = new Set([...part.matchAll(allowance)].map(([, rule]) => rule))
    for (const statement of part.replace(/--.*$/gm, '').split(';')) {
      const text = statement.replace(/\s+/g, ' ').trim()
      const [, altered, indexed] = tableOf.exec(text) ?? []
      if (created.has(plain(altered ?? indexed ?? ''))) continue
      for (const [rule, { pattern, instead }] of Object.entries(rules)) {
        if (pattern.test(text) && !allowed.has(rule))
          faults.push(`${rule}: ${text.slice(0, 80)} (${instead})`)
      }
    }
  }
  return faults
}

const plain = (name: string): string => (name.split('.').at(-1) ?? '').replaceAll('"', '')
