import { createHook } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { copyText, usualLimits } from '../../../../../test/harness/parquet-file.ts'
import type { Column } from '../../../../platform/rows/column.ts'
import { encodeParquet } from '../parquet.ts'

const idAndText: Column[] = [
  { name: 'id', type: 'bigint' },
  { name: 'words', type: 'text' },
]

describe('a file that is not finished', () => {
  const compressing = new Set<number>()
  const hook = createHook({
    init: (id, type) => {
      if (type === 'ZLIB') compressing.add(id)
    },
    after: (id) => compressing.delete(id),
  })
  beforeEach(() => hook.enable())
  afterEach(() => hook.disable())
  const chunk = copyText(Array.from({ length: 50_000 }, (_, id) => [String(id), `row ${id} `.repeat(20)]))

  it('leaves nothing behind when its reader ends early', async () => {
    let closed = false
    async function* rows() {
      try {
        for (;;) yield chunk
      } finally {
        closed = true
      }
    }
    const file = encodeParquet({ columns: idAndText, rows: rows() }, usualLimits)
    for (let parts = 0; parts < 3; parts += 1) await file.next()
    await file.return(undefined)
    expect(closed).toBe(true)
    expect(compressing.size).toBe(0)
  })

  it('leaves nothing behind when its rows fail', async () => {
    async function* rows() {
      yield chunk
      throw new Error('The connection was lost')
    }
    const file = encodeParquet({ columns: idAndText, rows: rows() }, usualLimits)
    await file.next()
    await expect(file.next()).rejects.toThrow('The connection was lost')
    expect(compressing.size).toBe(0)
  })
})
