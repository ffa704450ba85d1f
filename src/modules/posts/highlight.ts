import { html } from '../../platform/http/html.ts'
import { type Highlight, marks } from './search-posts.repository.ts'

/** Text with marks in it, as HTML: what the author wrote is escaped, and only the marks become markup. */
const asHtml = (text: string): string =>
  html`${text}`.markup.replaceAll(marks.start, '<mark>').replaceAll(marks.stop, '</mark>')

export const viewHighlight = ({ title, text }: Highlight) => ({ title: asHtml(title), text: asHtml(text) })
