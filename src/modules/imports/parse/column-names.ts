/** PostgreSQL cuts longer names off. Source: its documentation, "Identifiers and Key Words". */
const longestNameBytes = 63
export const longestLabel = 200

/** Every table has these already. Source: PostgreSQL documentation, "System Columns". */
const systemColumns = ['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']

/**
 * Names for columns (or tables) that are safe as identifiers of PostgreSQL: ASCII letters, digits and underscores, a letter
 * first, 63 at most, different from each other even where case does not count. Accents are taken off; what has no letter
 * or digit left is called by its place: `column_2`.
 */
export const safeNames = (labels: readonly string[], kind: 'column' | 'table'): string[] => {
  const taken = new Set(kind === 'column' ? systemColumns : [])
  return labels.map((label, index) => {
    const name = safeName(label, `${kind}_${index + 1}`)
    let unique = name
    for (let number = 2; taken.has(unique.toLowerCase()); number += 1) {
      const suffix = `_${number}`
      unique = name.slice(0, longestNameBytes - suffix.length) + suffix
    }
    taken.add(unique.toLowerCase())
    return unique
  })
}

const safeName = (label: string, fallback: string): string => {
  const plain = label
    .slice(0, longestLabel)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^_+/, '')
    .replace(/_+$/, '')
  if (plain === '') return fallback
  const name = /^[A-Za-z]/.test(plain) ? plain : `column_${plain}`
  return name.slice(0, longestNameBytes)
}

/** The file's own name of a column or table, bounded, and without what PostgreSQL cannot store. */
export const boundedLabel = (label: string): string =>
  label.slice(0, longestLabel).toWellFormed().replaceAll('\0', '\ufffd')
