import { setImmediate } from 'node:timers/promises'
import type { SectionValues } from '../gather-usage.ts'
import { boundsOf, daysOf, type Period } from '../report-period.ts'
import { drawFigure } from './draw-figure.ts'
import { ink, left, openSheet, type Sheet } from './sheet.ts'

export type ReportContent = {
  /** Whose usage. */
  heading: string
  period: Period
  sections: SectionValues[]
}

/** The PDF of a report, the same bytes for the same content. Other work of the process gets its turn between the figures. */
export async function* renderReport(content: ReportContent, signal: AbortSignal): AsyncGenerator<Buffer> {
  const { heading, period } = content
  const sheet = openSheet({
    title: `Usage of ${heading}`,
    footer: `${heading} · ${period.from} to ${period.to}`,
    createdAt: boundsOf(period).until,
  })
  const { doc } = sheet
  draw(sheet, content, signal).then(
    () => doc.end(),
    (error: unknown) => doc.destroy(error instanceof Error ? error : new Error(String(error))),
  )
  yield* doc
}

const draw = async (sheet: Sheet, { heading, period, sections }: ReportContent, signal: AbortSignal) => {
  const days = daysOf(period)
  sheet.newPage()
  sheet.text('Usage report', left, sheet.y, { size: 20, bold: true })
  sheet.y += 30
  sheet.text(heading, left, sheet.y, { size: 12 })
  sheet.y += 18
  sheet.text(
    `${period.from} to ${period.to}, in UTC. What was deleted since is not counted.`,
    left,
    sheet.y,
    { color: ink.muted },
  )
  sheet.y += 26
  for (const { title, figures } of sections) {
    // A heading is not left alone at the foot of a page.
    sheet.reserve(190)
    sheet.text(title, left, sheet.y, { size: 14, bold: true })
    sheet.y += 20
    sheet.rule(sheet.y)
    sheet.y += 10
    for (const figure of figures) {
      await setImmediate(undefined, { signal })
      drawFigure(sheet, figure, days)
    }
    sheet.y += 8
  }
}
