import {
  type ByteSink,
  writeByte,
  writeDigits,
  writeText,
  writeUint,
} from '../../../platform/rows/byte-sink.ts'

const minus = 0x2d
const point = 0x2e

/** A whole number of up to 53 bits, in up to 17 bytes. */
export const writeInt = (sink: ByteSink, value: number): void => {
  if (value < 0) {
    writeByte(sink, minus)
    writeUint(sink, -value)
  } else {
    writeUint(sink, value)
  }
}

/** `units * 10^-decimals` with exactly `decimals` digits after the point, as `numeric` prints it, in up to 19 bytes. */
export const decimalWriter = (decimals: number): ((sink: ByteSink, units: number) => void) => {
  if (decimals === 0) return writeInt
  const one = 10 ** decimals
  return (sink, units) => {
    if (units < 0) writeByte(sink, minus)
    const size = Math.abs(units)
    const whole = Math.floor(size / one)
    writeUint(sink, whole)
    writeByte(sink, point)
    writeDigits(sink, size - whole * one, decimals)
  }
}

export const longestDouble = 24

/**
 * The shortest decimal that reads back as the same double, as PostgreSQL prints it: from 0.0001 up to 10^15 that is JavaScript's
 * own form, beyond it an exponent of two digits at least.
 */
export const writeDouble = (sink: ByteSink, value: number): void => {
  const size = Math.abs(value)
  if (value === 0 || (size >= 1e-4 && size < 1e15)) writeText(sink, String(value))
  else writeText(sink, value.toExponential().replace(/(e[+-])(\d)$/, '$10$2'))
}
