import { isUtf8 } from 'node:buffer'
import { readObject } from './json-members.ts'
import {
  type CellKind,
  checkColumnCount,
  faultOf,
  type ParseLimits,
  type SourceColumn,
  type TableSink,
} from './source-rows.ts'

/** Takes the bytes of one JSON value, which begins at `line`. */
export type TakeElement = (bytes: Buffer, line: number) => void

/** A table whose rows are JSON objects: its columns are the keys of all of them, in the order in which they first come. */
export const startJsonTable = (label: string, limits: ParseLimits, sink: TableSink): TakeElement => {
  const columns: SourceColumn[] = []
  const places = new Map<string, number>()
  sink.startTable(label, columns)

  return (bytes, line) => {
    if (!isUtf8(bytes))
      return sink.badRow(line, { code: 'INVALID_UTF8', message: 'The row is not valid UTF-8.' })
    const object = readObject(bytes.toString('utf8'))
    if (object.outcome === 'fault') return sink.badRow(line, object)
    const { members } = object
    // A row that is left out brings no columns.
    const fault = faultOf(
      members.map(({ text }) => text),
      members.map(({ key }) => ({ label: key })),
      limits.maxCellBytes,
    )
    if (fault !== undefined) return sink.badRow(line, fault)
    const cells = new Array<string | null>(columns.length).fill(null)
    const kinds = new Array<CellKind>(columns.length).fill('json')
    for (const { key, kind, text } of members) {
      let place = places.get(key)
      if (place === undefined) {
        place = columns.length
        checkColumnCount(place + 1, limits)
        places.set(key, place)
        columns.push({ label: key })
      }
      cells[place] = text
      kinds[place] = kind
    }
    sink.row(line, cells, kinds)
  }
}
