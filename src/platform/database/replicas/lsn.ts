/**
 * A position in the WAL as a number that can be compared. PostgreSQL writes it as two hexadecimal halves, `16/B374D848`
 * (https://www.postgresql.org/docs/current/datatype-pg-lsn.html).
 */
export const parseLsn = (text: string): bigint => {
  const [high, low] = text.split('/')
  if (high === undefined || low === undefined) throw new Error(`Not a position in the WAL: ${text}`)
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`)
}

/** The same number as PostgreSQL writes it. */
export const formatLsn = (lsn: bigint): string =>
  `${(lsn >> 32n).toString(16)}/${(lsn & 0xffff_ffffn).toString(16)}`.toUpperCase()
