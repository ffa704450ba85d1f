import PDFDocument from 'pdfkit'
import { printable, reportFont } from './report-font.ts'

/** A4 in points, of which there are 72 in an inch. */
const [pageWidth, pageHeight] = [595.28, 841.89]
const margin = 50
export const left = margin
export const contentWidth = pageWidth - 2 * margin
const bottom = pageHeight - margin - 10

export const ink = { text: '#1f2933', muted: '#64748b', rule: '#cbd5e1' }

type TextOptions = {
  size?: number
  bold?: boolean
  color?: string
  /** What is longer is cut, with an ellipsis. */
  width?: number
  align?: 'left' | 'right' | 'center'
}

export type Sheet = ReturnType<typeof openSheet>

/** An empty PDF with a place `y` on its page, from which the next thing is drawn downwards. */
export const openSheet = (about: { title: string; footer: string; createdAt: Date }) => {
  const doc = new PDFDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    lang: 'en',
    displayTitle: true,
    // Nothing in it may differ for the same report, neither the time nor the file's id that is made of it.
    info: { Title: about.title, Creator: 'Backlot', Producer: 'Backlot', CreationDate: about.createdAt },
  })
  const { regular, bold: heavy } = reportFont()
  doc.registerFont('regular', regular)
  doc.registerFont('bold', heavy)

  /** One line, whose upper edge is at `y`. */
  const text = (content: string, x: number, y: number, options: TextOptions = {}) => {
    const { size = 9, bold = false, color = ink.text, width = contentWidth, align = 'left' } = options
    doc.font(bold ? 'bold' : 'regular', size).fillColor(color)
    const line = shorten(printable(content), width)
    const slack = width - doc.widthOfString(line)
    const shift = { left: 0, center: slack / 2, right: slack }[align]
    doc.text(line, x + shift, y, { lineBreak: false })
  }

  const shorten = (line: string, width: number): string => {
    if (doc.widthOfString(line) <= width) return line
    const characters = Array.from(line)
    let [fits, tooMany] = [0, characters.length]
    while (tooMany - fits > 1) {
      const middle = Math.floor((fits + tooMany) / 2)
      if (doc.widthOfString(`${characters.slice(0, middle).join('')}…`) <= width) fits = middle
      else tooMany = middle
    }
    return `${characters.slice(0, fits).join('')}…`
  }

  let pages = 0
  const sheet = {
    y: margin,
    text,
    widthOf: (content: string, size: number): number =>
      doc.font('regular', size).widthOfString(printable(content)),
    box: (x: number, y: number, width: number, height: number, color: string) => {
      doc.rect(x, y, width, height).fill(color)
    },
    rule: (y: number, x = left, width = contentWidth) => {
      doc
        .moveTo(x, y)
        .lineTo(x + width, y)
        .lineWidth(0.5)
        .stroke(ink.rule)
    },
    newPage: () => {
      doc.addPage()
      pages += 1
      text(`${about.footer} · page ${pages}`, left, pageHeight - margin, { size: 7, color: ink.muted })
      sheet.y = margin
    },
    /** Goes on with the next page when there is no room for so many points. */
    reserve: (height: number) => {
      if (sheet.y + height > bottom) sheet.newPage()
    },
    doc,
  }
  return sheet
}
