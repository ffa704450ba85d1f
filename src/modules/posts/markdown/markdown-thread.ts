import { type RenderedMarkdown, renderMarkdown } from './render-markdown.ts'

export default function renderOnThisThread(sources: string[]): RenderedMarkdown[] {
  return sources.map(renderMarkdown)
}
