import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutAtPointer } from './cut-at-pointer.ts'

/** The document comes in pieces of so many bytes. */
const cut = async (document: string, pointer: string, pieceBytes = 7): Promise<string> => {
  const bytes = Buffer.from(document)
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
  }
  const parts: Buffer[] = []
  for await (const part of cutAtPointer(pieces(), pointer)) parts.push(part)
  return Buffer.concat(parts).toString()
}

test.each([
  ['{"data":{"items":[1,[2]]},"x":[]}', '/data/items', '[1,[2]]'],
  ['\ufeff { "a" : "]}\\"" , "b" : [ {"c": "[" } ] } ', '/b', '[ {"c": "[" } ]'],
  ['{"a/b":{"c~d":[1]}}', '/a~1b/c~0d', '[1]'],
  ['{"\\u00fc":[1]}', '/ü', '[1]'],
  ['[0,"x",{"y":[[]]}]', '/2/y', '[[]]'],
  ['[[1],[2]]', '/1', '[2]'],
  ['{"":[3]}', '/', '[3]'],
  ['{"a":1.5e3,"b":null,"c":{"d":[]},"e":[4]}', '/e', '[4]'],
])('of %s, %s is %s, however it is cut', async (document, pointer, array) => {
  for (const pieceBytes of [1, 2, 7, 1_000]) expect(await cut(document, pointer, pieceBytes)).toBe(array)
})

test.each([
  ['{"data":{}}', '/data/items'],
  ['{"data":[1]}', '/data/items'],
  ['{"data":{"items":{}}}', '/data/items'],
  ['{"data":"/items"}', '/data'],
  ['[[1]]', '/1'],
  ['[[1]]', '/01'],
  ['nonsense', '/a'],
  ['', '/a'],
  ['{"a" [1]}', '/a'],
])('%s has no array at %s', async (document, pointer) => {
  await expect(cut(document, pointer)).rejects.toMatchObject({ code: 'POINTER_NOT_FOUND' })
})

test('it finds what JSON.parse finds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
      fc.array(fc.jsonValue(), { maxLength: 3 }),
      fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), { maxKeys: 3 }),
      fc.nat(20),
      async (path, array, beside, pieceBytes) => {
        const document = path.reduceRight<unknown>((inner, key) => ({ ...beside, [key]: inner }), array)
        const pointer = path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
        // Keys that are numbers change their place, which changes nothing.
        const found = await cut(JSON.stringify(document), pointer, pieceBytes + 1)
        expect(JSON.stringify(JSON.parse(found))).toBe(JSON.stringify(array))
      },
    ),
    { numRuns: 200 },
  )
})
