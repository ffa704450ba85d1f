/**
 * PostgreSQL takes every character in text but U+0000. In columns that hold some, U+F8FF (of the private use area) is put
 * before a digit: `0` for U+0000, `1` for U+F8FF itself. So every text comes back as it was.
 */
const mark = '\uf8ff'

export const hasNul = (text: string): boolean => text.includes('\0')

export const hideNuls = (text: string): string =>
  text.replaceAll(mark, `${mark}1`).replaceAll('\0', `${mark}0`)

export const showNuls = (text: string): string =>
  text.replaceAll(/\uf8ff([01])/g, (_, digit: string) => (digit === '0' ? '\0' : mark))
