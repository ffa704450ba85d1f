const minus = 0x2d

/** Whether it is digits and not NaN or Infinity, which PostgreSQL's numbers may be too. */
export const isFiniteNumber = (bytes: Uint8Array, start: number): boolean => {
  const first = bytes[start] === minus ? bytes[start + 1] : bytes[start]
  return first !== undefined && first >= 0x30 && first <= 0x39
}

export const hasExponent = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let index = end - 1; index > start; index -= 1) if (bytes[index] === 0x65) return true
  return false
}

/** How many digits a whole or decimal number has, without zeros at its ends. `0.0120` has two. */
export const significantDigits = (bytes: Uint8Array, start: number, end: number): number => {
  let digits = 0
  let upToLast = 0
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] as number
    if (byte < 0x30 || byte > 0x39) continue
    if (byte === 0x30 && digits === 0) continue
    digits += 1
    if (byte !== 0x30) upToLast = digits
  }
  return upToLast
}
