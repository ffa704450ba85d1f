import { type ByteSink, writeByte, writeDigits } from '../../../platform/rows/byte-sink.ts'

const zero = 0x30

/** Appends the check digit to the digits written since `start`. Source: ISO/IEC 7812-1, annex B (Luhn). */
export const appendLuhnDigit = (sink: ByteSink, start: number): void => {
  let sum = 0
  for (let index = sink.at - 1, double = true; index >= start; index -= 1, double = !double) {
    const digit = (sink.bytes[index] as number) - zero
    const counted = double ? 2 * digit : digit
    sum += counted > 9 ? counted - 9 : counted
  }
  writeByte(sink, zero + ((10 - (sum % 10)) % 10))
}

/** The same for EAN, UPC and ISBN-13. Source: GS1 General Specifications, 7.9. */
export const appendGtinDigit = (sink: ByteSink, start: number): void => {
  let sum = 0
  for (let index = sink.at - 1, weight = 3; index >= start; index -= 1, weight = 4 - weight) {
    sum += weight * ((sink.bytes[index] as number) - zero)
  }
  writeByte(sink, zero + ((10 - (sum % 10)) % 10))
}

const routingWeights = [3, 7, 1]

/** The same for routing numbers of banks in the USA. Source: American Bankers Association, Routing Number Policy. */
export const appendRoutingDigit = (sink: ByteSink, start: number): void => {
  let sum = 0
  for (let index = start; index < sink.at; index += 1) {
    sum += (routingWeights[(index - start) % 3] as number) * ((sink.bytes[index] as number) - zero)
  }
  writeByte(sink, zero + ((10 - (sum % 10)) % 10))
}

/** Puts the check digits into an IBAN that stands since `start` with `00` in their place. Source: ISO 13616, ISO/IEC 7064 MOD 97-10. */
export const setIbanDigits = (sink: ByteSink, start: number): void => {
  const { bytes, at } = sink
  const length = at - start
  let rest = 0
  for (let index = 0; index < length; index += 1) {
    // The country and the check digits count last.
    const byte = bytes[start + ((index + 4) % length)] as number
    rest = byte < 0x41 ? (rest * 10 + byte - zero) % 97 : (rest * 100 + byte - 0x41 + 10) % 97
  }
  sink.at = start + 2
  writeDigits(sink, 98 - rest, 2)
  sink.at = at
}
