/** Formats of every workbook that show dates and times. Source: ECMA-376, part 1, 18.8.30 (numFmt). */
const isBuiltInDate = (id: number): boolean => (id >= 14 && id <= 22) || (id >= 45 && id <= 47)

/** @param code the workbook's own format, when it has one of that number */
export const isDateFormat = (id: number, code: string | undefined): boolean => {
  if (code === undefined) return isBuiltInDate(id)
  // What is quoted, escaped, filled or padded with, and colours and conditions in brackets are no placeholders.
  const placeholders = code
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/[\\_*]./g, '')
    .replaceAll(/\[(?![hms]+\])[^\]]*\]/gi, '')
    .replaceAll(/general/gi, '')
  return /[ymdhs]/i.test(placeholders)
}

const millisecondsOfDay = 86_400_000
/** The day of serial number 0, of the 1900 system from March 1900 on. */
const firstDay1900 = Date.UTC(1899, 11, 30)
const firstDay1904 = Date.UTC(1904, 0, 1)
/** 31 December 9999. */
const lastSerial = 2_958_466

/**
 * The date of a serial number as ISO 8601: a day (`2024-01-02`) when it is whole, a time (`03:04:05`) when it is below one,
 * else both. Undefined for what is no date, 29 February 1900 included, which only Excel's calendar has.
 * Source: ECMA-376, part 1, 18.17.4 (dates and times).
 */
export const readSerial = (serial: number, date1904: boolean): string | undefined => {
  if (!(serial >= 0 && serial < lastSerial)) return undefined
  const day = Math.floor(serial)
  const time = Math.round((serial - day) * millisecondsOfDay)
  // Before its 29 February the calendar of 1900 is one day ahead.
  if (!date1904 && day === 60) return undefined
  const shift = !date1904 && day < 60 ? 1 : 0
  const start = date1904 ? firstDay1904 : firstDay1900
  const moment = new Date(start + (day + shift) * millisecondsOfDay + time)
  const text = moment.toISOString().replace('.000Z', 'Z')
  if (day === 0 && (time > 0 || !date1904)) return text.slice(11, -1)
  return time === 0 ? text.slice(0, 10) : text
}
