/** In UTF-16 units. Source: Microsoft Support, "Rename a worksheet". */
const longestName = 31

/**
 * Gives each sheet a name of its own, as close to its table's as spreadsheets allow; a name that is taken gets a number.
 * They tell names apart without regard to case, and keep "History" for themselves.
 */
export const sheetNames = (): ((tableName: string) => string) => {
  const taken = new Set(['history'])
  const timesAsked = new Map<string, number>()
  return (tableName) => {
    const allowed = tableName.replaceAll(/[[\]:*?/\\\p{Cc}\ufffe\uffff]/gu, '_').replaceAll(/^'|'$/g, '_')
    for (let number = timesAsked.get(tableName) ?? 1; ; number += 1) {
      const ending = number === 1 ? '' : ` (${number})`
      const name = (cut(allowed, longestName - ending.length) || 'Sheet') + ending
      if (taken.has(name.toLowerCase())) continue
      taken.add(name.toLowerCase())
      timesAsked.set(tableName, number + 1)
      return name
    }
  }
}

/** Without half a surrogate pair at its end, nor an apostrophe. */
const cut = (text: string, length: number): string =>
  text.length <= length
    ? text
    : text
        .slice(0, length)
        .replace(/[\ud800-\udbff]$/, '')
        .replace(/'+$/, '')
