import type { Column } from '../../../platform/rows/column.ts'

/** Text that begins with one of these is run as a formula by some spreadsheet. Source: OWASP ASVS 5.0, 1.2.10. */
const formulaStarts = new Set(Buffer.from('=+-@\t\r\0'))

export const apostrophe = 0x27

export const startsFormula = (bytes: Uint8Array): boolean => formulaStarts.has(bytes[0] ?? -1)

/** As a table of byte values, for where much passes. */
export const formulaStartBytes = Uint8Array.from({ length: 256 }, (_, byte) =>
  formulaStarts.has(byte) ? 1 : 0,
)

/** Numbers, dates and the like are never formulas: a minus in front of them stays. */
export const mayHoldFormula = ({ type }: Column): boolean => type === 'text' || type === 'json'
