import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Person, signUp } from '../../../../test/harness/client.ts'
import { postsClient } from '../../../../test/harness/posts-client.ts'
import { startTestApp, type TestApp } from '../../../../test/harness/test-app.ts'
import { MarkdownRenderer, TooComplex } from './markdown-renderer.ts'
import { renderMarkdown } from './render-markdown.ts'

const mostBytes = 200 * 1024
const filled = (piece: string) => piece.repeat(Math.ceil(mostBytes / piece.length)).slice(0, mostBytes)
const counted = (piece: (n: number) => string) => {
  let text = ''
  for (let n = 0; text.length < mostBytes; n += 1) text += piece(n)
  return text.slice(0, mostBytes)
}

/** Texts that take some renderer, or some parser of words, much longer than others. */
const bombs: [string, string][] = [
  ['opening brackets', filled('[')],
  ['nested brackets', filled('[').slice(0, mostBytes / 2) + ']'.repeat(mostBytes / 2)],
  ['unfinished links', filled('[a](')],
  ['nested images', `${'!['.repeat(30_000)}a${'](b)'.repeat(30_000)}`.slice(0, mostBytes)],
  ['emphasis', filled('*a _b ')],
  ['emphasis without spaces', filled('a**b')],
  ['asterisks', filled('*')],
  ['backticks', counted((n) => `${'`'.repeat(n % 500)} `)],
  ['quotations', filled('>')],
  ['lists in lists', counted((n) => `${'  '.repeat(n % 100)}- a\n`)],
  ['a table of many columns', `|${'a|'.repeat(2_000)}\n|${'-|'.repeat(2_000)}\n${'|\n'.repeat(98_000)}`],
  ['references', counted((n) => `[a${n}]: b\n`)],
  ['angle brackets', filled('<a ')],
  ['ampersands', filled('&')],
  ['paths, three words each', counted((n) => `${n.toString(36)}.b/c `)],
  ['a chain of hyphens', filled('a-')],
  ['dots and slashes', filled('a./')],
  ['words of their own', counted((n) => `${n.toString(36)} `)],
  ['one word', filled('a')],
  ['addresses', counted((n) => `a${n}@b.c `)],
  [
    'words of three bytes each letter',
    counted((n) => `ऄ${String.fromCodePoint(0x4e00 + (n % 20_000))} `).slice(0, mostBytes / 3),
  ],
]

const html = (source: string) => renderMarkdown(source).html

describe('what comes out', () => {
  test('CommonMark, tables and strike-through', () => {
    expect(html('# A\n\n*b* **c** ~~d~~ `e`\n\n- f\n\n3. g\n\n> h\n\n```js\ni\n```')).toBe(
      '<h1>A</h1>\n<p><em>b</em> <strong>c</strong> <s>d</s> <code>e</code></p>\n<ul>\n<li>f</li>\n</ul>\n' +
        '<ol start="3">\n<li>g</li>\n</ol>\n<blockquote>\n<p>h</p>\n</blockquote>\n' +
        '<pre><code class="language-js">i\n</code></pre>\n',
    )
    expect(html('| a |\n|:-:|\n| b |')).toContain('<th style="text-align:center">a</th>')
  })

  test('links and pictures say what they must', () => {
    expect(html('[a](https://b.example "c")')).toBe(
      '<p><a href="https://b.example" title="c" rel="nofollow ugc noopener noreferrer">a</a></p>\n',
    )
    expect(html('![a](https://b.example/c.png)')).toBe(
      '<p><img src="https://b.example/c.png" alt="a" loading="lazy" /></p>\n',
    )
  })

  test.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<style>*{display:none}</style>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<svg/onload=alert(1)>',
    '[a](javascript:alert(1))',
    '[a](JaVaScRiPt:alert(1))',
    '[a](java\nscript:alert(1))',
    '[a](&#106;avascript:alert(1))',
    '[a](data:text/html;base64,PHNjcmlwdD4=)',
    '[a](vbscript:x)',
    '<javascript:alert(1)>',
    '![a](javascript:alert(1))',
    '![a](data:image/svg+xml;base64,PHN2Zy8+)',
    '![a](//evil.example/x.png)',
    '![a](/v1/auth/logout)',
    '![a](file:///etc/passwd)',
    '[a]: javascript:alert(1)\n\n[a]',
    '[a](https://b.example"onmouseover="alert(1))',
    '![a"onerror="alert(1)](https://b.example)',
    '```"onclick="alert(1)\na\n```',
    '[a](https://b.example "\\"onclick=alert(1)")',
  ])('%s does nothing', (source) => {
    const written = html(source)
    const tags = written.match(/<[^>]*>/g) ?? []
    for (const tag of tags) {
      expect(tag).toMatch(/^<\/?(p|a|img|pre|code)( (href|src|alt|title|rel|loading|class)="[^"]*")*( \/)?>$/)
      expect(tag).not.toMatch(/(href|src)="(?!https:\/\/b\.example)/)
    }
  })

  test('the beginning is plain text of paragraphs, cut between words', () => {
    const { text } = renderMarkdown(
      `# Title\n\n![x](y)\n\n**One** [two](z)\nthree &amp; \`four\`. ${'word '.repeat(100)}`,
    )
    expect(text).toMatch(/^One two three & four\. (word )+word…$/)
    expect(text.length).toBeLessThanOrEqual(300)
    expect(renderMarkdown('# Only a title').text).toBe('Only a title')
    expect(renderMarkdown('').text).toBe('')
  })
})

describe('hostile Markdown', () => {
  let backlot: TestApp
  let ada: Person
  beforeAll(async () => {
    backlot = await startTestApp()
    ada = await signUp(backlot)
  })
  afterAll(() => backlot.close())

  test.each(bombs)('%s: written, shown and searched in bounded time', async (_what, body) => {
    expect(body.length).toBeGreaterThan(mostBytes / 4)
    const startedAt = performance.now()
    const { status, data } = await postsClient(backlot, ada).write({ body, status: 'published' })
    expect(status).toBe(201)
    const shown = await postsClient(backlot).get(data.id, { fields: 'id', render: 'html' })
    const ms = performance.now() - startedAt
    expect(shown.data.bodyHtml).toEqual(expect.any(String))
    expect((await postsClient(backlot).list({ q: 'post', limit: '100' })).status).toBe(200)
    expect(ms).toBeLessThan(10_000)
  })
})

test('what takes too long is given up and refused, and the next one is rendered', async () => {
  const impatient = new MarkdownRenderer({ timeoutMs: 1 })
  await expect(impatient.render(filled('*a _b '))).rejects.toThrow(TooComplex)
  await impatient.close()
  const renderer = new MarkdownRenderer({ timeoutMs: 60_000 })
  expect((await renderer.render('*a*')).html).toBe('<p><em>a</em></p>\n')
  await renderer.close()
  await expect(renderer.render('*b*')).rejects.toMatchObject({ status: 503 })
})

test('rendering leaves the event loop free', async () => {
  const renderer = new MarkdownRenderer()
  await renderer.render('warm')
  let turns = 0
  const timer = setInterval(() => {
    turns += 1
  }, 1)
  await renderer.render(filled('['))
  clearInterval(timer)
  expect(turns).toBeGreaterThan(10)
  await renderer.close()
})

test('of many at the same time everybody gets his own, and equal ones the same', async () => {
  const renderer = new MarkdownRenderer()
  const sources = Array.from({ length: 60 }, (_, n) => (n % 7 === 0 ? `${n} ${filled('a ')}` : `*${n % 50}*`))
  const all = await Promise.all(sources.map((source) => renderer.render(source)))
  await renderer.close()
  expect(all).toEqual(sources.map(renderMarkdown))
})
