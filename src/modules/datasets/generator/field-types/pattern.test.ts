import { expect, test } from 'vitest'
import { faultsOf } from '../../../../../test/harness/generated-tables.ts'
import { generateValues } from '../../../../../test/harness/generated-values.ts'

const samples = [
  '[A-Z]{3}-\\d{4}',
  '^abc$',
  'a|b|cd',
  '(foo|bar)+',
  '(?:x|yz){2,3}',
  '(?<year>19|20)\\d{2}',
  '\\w+@\\w+\\.(com|org|net)',
  '[^a-z]{5}',
  '\\D\\W\\S\\s',
  '.{1,40}',
  'colou?r',
  'a{0,3}b*c+',
  '[\\d\\-_.]{8}',
  '[\\]a]?',
  '\\(\\d{3}\\) \\d{3}-\\d{4}',
  '[äöüß]{2}é',
  '[α-ω]{3}',
  '\\t\\\\n\\n',
  '[\\\\\\t]{3}',
  '((a|b)(c|d)?){4}',
  '[-a]{3}[a-]{3}',
  '#[0-9a-f]{6}',
  'v(0|[1-9]\\d?)\\.(0|[1-9]\\d?)',
  '(|x)(|y)z',
  '\\w{30}|short',
  '😀{2}[😀-😅]',
  'a{0}b',
]

test.each(samples)('every text of %s matches it', async (regex) => {
  const values = await generateValues({ type: 'pattern', options: { regex }, count: 5000 })
  const whole = new RegExp(`^(?:${regex})$`, /[^\0-\uffff]/u.test(regex) ? 'u' : '')
  expect(values.filter((value) => !whole.test(value))).toEqual([])
})

const spaces: [string, number][] = [
  ['\\d{3}', 1000],
  ['[ab]{1,8}', 510],
  ['(Jan|Jun|Jul)-\\d{2}', 300],
  ['a*b*', 81],
  ['v(0|[1-9]\\d?)\\.\\d', 1000],
  ['[a-c]?\\d{3}', 4000],
  ['(com|co|org)-[a-z]{2}', 2028],
  ['(com|org|net)\\d{5}', 300_000],
  ['(x\\d|y\\d{2}){2}', 12100],
]

test.each(spaces)('%s makes %i different texts, and no more', async (regex, count) => {
  const values = await generateValues({ type: 'pattern', options: { regex }, count, unique: true })
  expect(new Set(values).size).toBe(count)
  await expect(
    generateValues({ type: 'pattern', options: { regex }, count: count + 1, unique: true }),
  ).rejects.toMatchObject({ faults: [{ code: 'space_too_small' }] })
})

test.each(['\\w{20}', '\\w+', '[A-Z0-9]{12}-(a|bc)', '(\\w{9}-){3}\\d+'])(
  'of %s, too many texts to number, as many as wanted are different',
  async (regex) => {
    const values = await generateValues({ type: 'pattern', options: { regex }, count: 50_000, unique: true })
    const whole = new RegExp(`^(?:${regex})$`)
    expect(new Set(values).size).toBe(50_000)
    expect(values.filter((value) => !whole.test(value))).toEqual([])
    // What is not numbered varies too.
    expect(new Set(values.map((value) => value[0])).size).toBeGreaterThan(30)
  },
)

const faultOf = async (regex: string, unique = false) => {
  const value = { name: 'value', type: 'pattern', options: { regex }, unique }
  const [fault] = await faultsOf([{ name: 'things', count: 50_000, fields: [value] }])
  return fault
}

test.each([
  'a|a|\\d{9}',
  'a*a*\\d{6}',
  '(a|ab)(c|bcd)\\d{9}',
  '\\w+\\d+',
  '(a?){3}\\d{9}',
  '(|a*)\\d{7}',
  '(com|co|.{3})\\d{7}',
])('%s may make a text twice, so it cannot be unique', async (regex) => {
  expect(await faultOf(regex, true)).toMatchObject({
    path: 'tables.0.fields.0.options.regex',
    code: 'pattern_ambiguous',
  })
  expect(await faultOf(regex)).toBeUndefined()
})

test.each([
  ['(a)\\1', 'back-reference \\1', 4],
  ['x(?=y)', 'lookaround', 2],
  ['(?<!y)x', 'lookaround', 1],
  ['\\p{L}', 'Unicode class', 1],
  ['a\\b', 'escape \\b', 2],
  ['a^b', '^ elsewhere', 2],
  ['$a', '$ elsewhere', 1],
  ['*a', 'nothing to repeat', 1],
  ['a**', 'after a quantifier', 3],
  ['a+?', 'after a quantifier', 3],
  ['a{3,1}', 'below its least', 2],
  ['a{1001}', 'more than 1000', 2],
  ['a{x}', '{ that is no quantifier', 2],
  ['[b-a]', 'ends before', 2],
  ['[a', '[ without', 1],
  ['[]', 'class without', 1],
  ['(a', '( without', 1],
  ['a)', ') without', 2],
  ['a\\', 'backslash at the end', 2],
])('%s is refused: %s at position %i', async (regex, what, position) => {
  const fault = await faultOf(regex)
  expect(fault).toMatchObject({ path: 'tables.0.fields.0.options.regex', code: 'pattern_not_supported' })
  expect(fault?.message).toContain(`position ${position}:`)
  expect(fault?.message).toContain(what)
})

test.each([
  '((a{1000}){1000}){1000}',
  '((){1000}){1000}',
  '(((\\w{9}){9}){9}){9}',
  `${'('.repeat(240)}a${'){9}'.repeat(60)}`,
])('%s is refused at once', async (regex) => {
  const start = performance.now()
  expect(await faultOf(regex)).toBeDefined()
  expect(performance.now() - start).toBeLessThan(500)
})
