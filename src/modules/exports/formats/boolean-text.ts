import { writeBytes } from '../../../platform/rows/byte-sink.ts'
import type { CellWriter } from './encode-rows.ts'

const letterT = 0x74
const trueText = Buffer.from('true')
const falseText = Buffer.from('false')

/** PostgreSQL prints `t` and `f`, and reads these words too, as others do. */
export const writeBooleanWord: CellWriter = (sink, bytes, start) =>
  writeBytes(sink, bytes[start] === letterT ? trueText : falseText)
