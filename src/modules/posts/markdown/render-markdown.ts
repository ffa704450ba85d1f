import MarkdownIt from 'markdown-it'
import sanitizeHtml from 'sanitize-html'

export type RenderedMarkdown = {
  html: string
  /** What it says, without markup: the beginning, in one line. */
  text: string
}

const longestText = 300
const deepest = 50

/** Raw HTML is text here: what is written in angle brackets is shown as it was written. */
const markdown = new MarkdownIt({ html: false, maxNesting: deepest })

/** Everything that Markdown makes, and nothing else: the second lock, should the first one break. */
const allowed: sanitizeHtml.IOptions = {
  allowedTags: [
    ...[
      'h1',
      'h2',
      'h3',
      'h4',
      'h5',
      'h6',
      'p',
      'br',
      'hr',
      'blockquote',
      'pre',
      'code',
      'em',
      'strong',
      's',
    ],
    ...['ul', 'ol', 'li', 'a', 'img', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  allowedAttributes: {
    a: ['href', 'title', 'rel'],
    img: ['src', 'alt', 'title', 'loading'],
    ol: ['start'],
    th: ['style'],
    td: ['style'],
    code: ['class'],
  },
  allowedClasses: { code: [/^language-[\w+#.-]{1,40}$/] },
  allowedStyles: { '*': { 'text-align': [/^(left|center|right)$/] } },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowedSchemesByTag: { img: ['http', 'https'] },
  allowProtocolRelative: false,
  transformTags: {
    // The author's readers owe those whom he links to nothing, and those learn nothing of this page.
    a: sanitizeHtml.simpleTransform('a', { rel: 'nofollow ugc noopener noreferrer' }),
    img: sanitizeHtml.simpleTransform('img', { loading: 'lazy' }),
  },
  // An image without an allowed address is none.
  exclusiveFilter: ({ tag, attribs }) => tag === 'img' && !/^https?:\/\//i.test(attribs.src ?? ''),
}

/** CommonMark with tables and strike-through, as HTML that can stand in any page. Takes up to a second for hostile input. */
export const renderMarkdown = (source: string): RenderedMarkdown => {
  const environment = {}
  const tokens = markdown.parse(source, environment)
  const html = markdown.renderer.render(tokens, markdown.options, environment)
  return { html: sanitizeHtml(html, allowed), text: beginningOf(tokens) }
}

type Token = ReturnType<typeof markdown.parse>[number]

/** The first paragraphs; where there is none, whatever is there. */
const beginningOf = (tokens: Token[]): string => {
  const isText = ({ type }: Token) => type === 'inline'
  const paragraphs = tokens.filter((token, at) => isText(token) && tokens[at - 1]?.type === 'paragraph_open')
  return textOf(paragraphs) || textOf(tokens.filter(isText))
}

const textOf = (inlines: Token[]): string => {
  let text = ''
  for (const { children } of inlines) {
    for (const { type, content } of children ?? []) {
      if (type === 'text' || type === 'code_inline') text += content
      else if (type.endsWith('break')) text += ' '
      if (text.length > 2 * longestText) break
    }
    if (text.length > 2 * longestText) break
    text += ' '
  }
  return shortened(text.replaceAll(/\s+/g, ' ').trim())
}

/** Cut between two words, if there are any. */
const shortened = (text: string): string => {
  const characters = [...text]
  if (characters.length <= longestText) return text
  const cut = characters.slice(0, longestText - 1).join('')
  return `${cut.replace(/(?<=.{100})\s\S*$/u, '')}…`
}
