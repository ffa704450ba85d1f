import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, signUp } from '../../../test/harness/client.ts'
import { postsClient } from '../../../test/harness/posts-client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

type Found = { title: string; highlight: { title: string; text: string } }

let backlot: TestApp
let ada: Person

beforeAll(async () => {
  backlot = await startTestApp()
  ada = await signUp(backlot)
  const add = (title: string, body: string, fields: object = {}) =>
    postsClient(backlot, ada).write({ title, body, status: 'published', ...fields })
  await add('Sailing', 'Boats with sails run before the wind.')
  await add(
    'Weather',
    'The wind turns. A sail is set. Nothing else is said of wind and water here, at length.',
  )
  await add('Harbours', 'Where ships sleep.', { tags: ['sailing'] })
  await add('Kitchen', 'Running water, a stove, and a fox.')
  await add('Häuser', 'Viele alte Häuser am Fluss, die Kinder laufen.', { language: 'german' })
  await add('Les chevaux', 'Les chevaux couraient dans la plaine.', { language: 'french' })
  await add('<script>alert(1)</script> & <b>boldly</b>', 'He said <img src=x onerror=alert(2)> boldly.')
})
afterAll(() => backlot.close())

const search = (q: string, query: Record<string, string> = {}) => postsClient(backlot).list({ q, ...query })
const titles = async (q: string, query: Record<string, string> = {}): Promise<string[]> =>
  (await search(q, query)).data.map(({ title }: Found) => title)

test('the title counts most, then tags, then the body', async () => {
  expect(await titles('sailing')).toEqual(['Sailing', 'Harbours', 'Weather'])
})

test('words in their forms, by the language of each post', async () => {
  expect(await titles('runs')).toEqual(expect.arrayContaining(['Kitchen', 'Sailing']))
  expect(await titles('Haus')).toEqual(['Häuser'])
  expect(await titles('Häusern')).toEqual(['Häuser'])
  expect(await titles('cheval', { language: 'french' })).toEqual(['Les chevaux'])
  expect(await titles('Häusern', { language: 'english' })).toEqual([])
})

test('a word that other languages leave out still counts', async () => {
  // "die" is an article in German, "sto" a pronoun in Serbian.
  expect(await titles('die boats')).toEqual([])
  expect(await titles('wind sto', { language: 'english' })).toEqual([])
})

test('the last word may be begun; all words must be there; phrases, or, and without', async () => {
  expect(await titles('harb')).toEqual(['Harbours'])
  expect(await titles('harb ')).toEqual(['Harbours'])
  expect(await titles('wind sto')).toEqual([])
  expect(await titles('water sto')).toEqual(['Kitchen'])
  expect(await titles('"running water"')).toEqual(['Kitchen'])
  expect(await titles('"water running"')).toEqual([])
  expect((await titles('fox or ships')).sort()).toEqual(['Harbours', 'Kitchen'])
  expect((await titles('wind -boats')).sort()).toEqual(['Weather'])
})

test('what was found is marked, and all else is escaped', async () => {
  const { data } = await search('boldly')
  expect(data).toHaveLength(1)
  const [{ highlight }] = data as [Found]
  expect(highlight.title).toBe(
    '&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;<mark>boldly</mark>&lt;/b&gt;',
  )
  expect(highlight.text).toContain('<mark>boldly</mark>')
  for (const html of Object.values(highlight)) expect(html.replaceAll(/<\/?mark>/g, '')).not.toMatch(/[<>]/)
})

test('marks that stand in a text are not taken for ours', async () => {
  const title = 'Forged \ue000marks\ue001 here'
  await postsClient(backlot, ada).write({ title, status: 'published' })
  const [{ highlight }] = (await search('forged')).data
  expect(highlight.title).toBe('<mark>Forged</mark> marks here')
})

test('pages by relevance are the whole list, and any other order goes too', async () => {
  const whole = await titles('wind or water or sailing')
  expect(whole.length).toBeGreaterThan(3)
  const walked: string[] = []
  let cursor = ''
  do {
    const { data, json } = await search('wind or water or sailing', { limit: '1', ...(cursor && { cursor }) })
    walked.push(...data.map(({ title }: Found) => title))
    cursor = json.page.nextCursor ?? ''
  } while (cursor !== '')
  expect(walked).toEqual(whole)
  expect(await titles('wind or water or sailing', { limit: '2', offset: '1' })).toEqual(whole.slice(1, 3))
  expect(await titles('wind or water or sailing', { sort: 'title' })).toEqual(whole.toSorted())
  expect((await search('wind', { total: 'true', limit: '1' })).json.page.total).toBe(2)
})

test('no text of a query makes an error, and one of no words finds nothing', async () => {
  const fixed = [
    "'",
    '"',
    '\\',
    ':*',
    '!',
    '&',
    '|',
    '(',
    '<->',
    '-',
    '- -',
    'or',
    '"a',
    "a:*'b",
    'the',
    '%_',
    '😀',
    "'a':",
  ]
  const words = fc.oneof(
    fc.constantFrom(...fixed),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
    fc
      .array(fc.constantFrom(...fixed, 'wind', 'water'), { minLength: 1, maxLength: 12 })
      .map((all) => all.join(' ')),
  )
  for (const q of [...fixed, ...fc.sample(words, 250)]) {
    const { status, text } = await search(q.toWellFormed())
    // What is empty once it is trimmed, or holds a NUL, is no query at all.
    expect([200, 400, 422], `${JSON.stringify(q)}: ${text}`).toContain(status)
    if (status !== 200) expect(q.trim() === '' || q.includes('\0'), JSON.stringify(q)).toBe(true)
  }
  expect((await search('-')).data).toEqual([])
})
