/**
 * Reads dates and times as people and programs write them (ISO 8601 and its usual variant with a space) and gives them as
 * PostgreSQL prints them. Each answers undefined for what is not one, days that no calendar has included, and for anything
 * finer than a microsecond, which PostgreSQL would round.
 */
const datePattern = /^(\d{4})-(\d\d)-(\d\d)$/
const timePattern = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?$/
const timestampPattern =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?$/

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const isDay = (year: number, month: number, day: number): boolean => {
  if (year === 0 || day === 0) return false
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= (month === 2 && leap ? 29 : (daysOfMonth[month - 1] ?? 0))
}

export const readDate = (text: string): string | undefined => {
  const match = datePattern.exec(text)
  if (match === null) return undefined
  return isDay(Number(match[1]), Number(match[2]), Number(match[3])) ? text : undefined
}

/** The fraction of a second with its point, without zeros at the end. */
const readFraction = (digits: string | undefined): string | undefined => {
  if (digits === undefined) return ''
  const short = digits.replace(/0+$/, '')
  if (short.length > 6) return undefined
  return short === '' ? '' : `.${short}`
}

export const readTime = (text: string): string | undefined => {
  const match = timePattern.exec(text)
  if (match === null) return undefined
  const fraction = readFraction(match[4])
  if (fraction === undefined || !isTime(Number(match[1]), Number(match[2]), Number(match[3])))
    return undefined
  return text.slice(0, 8) + fraction
}

const isTime = (hour: number, minute: number, second: number): boolean =>
  hour < 24 && minute < 60 && second < 60

/** In UTC; without a zone the text is taken to be in UTC. */
export const readTimestamp = (text: string): string | undefined => {
  const match = timestampPattern.exec(text)
  if (match === null) return undefined
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '00', digits, , sign] = match
  const fraction = readFraction(digits)
  if (fraction === undefined) return undefined
  if (!isDay(Number(year), Number(month), Number(day))) return undefined
  if (!isTime(Number(hour), Number(minute), Number(second))) return undefined
  const offset = Number(match[10] ?? 0) * 60 + Number(match[11] ?? 0)
  // PostgreSQL's own bound is a little under 16 hours.
  if (offset >= 16 * 60 || Number(match[11] ?? 0) > 59) return undefined
  if (offset === 0) return `${year}-${month}-${day} ${hour}:${minute}:${second}${fraction}+00`
  const local = Date.UTC(2000, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  const date = new Date(new Date(local).setUTCFullYear(Number(year), Number(month) - 1, Number(day)))
  const utc = new Date(date.getTime() - (sign === '-' ? -offset : offset) * 60_000)
  if (utc.getUTCFullYear() < 1 || utc.getUTCFullYear() > 9999) return undefined
  return `${utc.toISOString().slice(0, 19).replace('T', ' ')}${fraction}+00`
}
