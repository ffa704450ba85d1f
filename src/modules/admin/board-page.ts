import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { html } from '../../platform/http/html.ts'

const distribution = path.join(
  path.dirname(fileURLToPath(import.meta.resolve('@bull-board/ui/package.json'))),
  'dist',
)

/** Of Bull Board's parts, those that there is something to show in. */
export const boardConfig = {
  boardTitle: 'Backlot',
  hideRedisDetails: true,
  hideDocsLink: true,
  showMetrics: false,
  showWorkers: false,
}

/** Bull Board's own files and nothing else. */
export const boardPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "base-uri 'self'; form-action 'none'; frame-ancestors 'none'"

/** The menu of a queue: to pause it, empty it, remove it, or add jobs by hand, none of which is done here. */
export const boardStyle = '#root .trigger-GNtOnV{display:none}\n'

/**
 * The page that Bull Board runs in. Its own one asks another site for fonts and has a style in it, which our policy for
 * content forbids; the names of its scripts and styles are taken from there.
 */
export const renderBoardPage = async (basePath: string): Promise<string> => {
  const template = await readFile(path.join(distribution, 'index.ejs'), 'utf8')
  const scripts = [...template.matchAll(/<script defer src="(static\/js\/[\w.-]+)"/g)]
  const styles = [...template.matchAll(/<link href="(static\/css\/[\w.-]+)"/g)]
  const config = { markup: JSON.stringify(boardConfig).replaceAll('<', '\\u003c') }
  const links = styles.map(([, href = '']) => html`<link rel="stylesheet" href="${href}">`.markup).join('')
  const loads = scripts.map(([, src = '']) => html`<script defer src="${src}"></script>`.markup).join('')
  return html`<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><base href="${basePath}/"><title>Queues</title><link rel="icon" type="image/svg+xml" href="static/images/logo.svg">${{ markup: links }}<link rel="stylesheet" href="board.css"></head><body><script id="__UI_CONFIG__" type="application/json">${config}</script><div id="root"></div>${{ markup: loads }}</body></html>`
    .markup
}

const contentTypes: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
}

/** Where each of Bull Board's files is, and of what type, by the name that pages ask for. */
export const listBoardFiles = async (): Promise<Map<string, { file: string; contentType: string }>> => {
  const root = path.join(distribution, 'static')
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return new Map(
    files.flatMap(({ parentPath, name }) => {
      const file = path.join(parentPath, name)
      const contentType = contentTypes[path.extname(name)]
      const url = path.relative(root, file).split(path.sep).join('/')
      return contentType === undefined ? [] : [[url, { file, contentType }]]
    }),
  )
}
