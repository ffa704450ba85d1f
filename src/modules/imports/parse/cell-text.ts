import type { Column } from '../../../platform/rows/column.ts'
import { hideNuls } from '../../../platform/rows/nul-text.ts'
import { readTime, readTimestamp } from './calendar-text.ts'
import { doubleText } from './double-text.ts'

/** How the cells of a column become the text that PostgreSQL prints for its type. Undefined: they are that text already. */
export const cellConversion = ({ type, nuls }: Column): ((text: string) => string) | undefined => {
  switch (type) {
    case 'boolean':
      return (text) => (text.length === 4 || text === 't' ? 't' : 'f')
    case 'double':
      return (text) => doubleText(Number(text))
    case 'uuid':
      return (text) => text.toLowerCase()
    case 'time':
      return (text) => readTime(text) ?? text
    case 'timestamp':
      return (text) => readTimestamp(text) ?? text
    case 'text':
      return nuls ? hideNuls : undefined
    default:
      return undefined
  }
}
