import { type RenderedMarkdown, renderMarkdown } from './render-markdown.ts'

export default function renderOnThisThread(source: string): RenderedMarkdown {
  return renderMarkdown(source)
}
