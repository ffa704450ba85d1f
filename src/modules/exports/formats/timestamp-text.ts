/** PostgreSQL's timestamptz in the time zone UTC and the style ISO; the fraction and the era may be missing. */
const timestamp = /^(\d{4,6})-(\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)\+00( BC)?$/

/**
 * As ISO 8601, years outside 0000 to 9999 with a sign and six digits (ECMAScript, "Expanded Years"). Every digit of the
 * fraction is kept. Text of another form, such as `infinity`, comes back as it is.
 */
export const isoTimestamp = (text: string): string => {
  const match = timestamp.exec(text)
  if (match === null) return text
  const [, digits = '', date, time, era] = match
  // There is no year 0 before Christ: 1 BC is the year 0.
  const year = era === undefined ? Number(digits) : 1 - Number(digits)
  const sign = year < 0 ? '-' : '+'
  const written =
    year >= 0 && year <= 9999
      ? String(year).padStart(4, '0')
      : `${sign}${String(Math.abs(year)).padStart(6, '0')}`
  return `${written}-${date}T${time}Z`
}
