import type { FigureValues } from '../gather-usage.ts'
import { axisSteps, formatValue } from './format-value.ts'
import { contentWidth, ink, left, type Sheet } from './sheet.ts'

/** Told apart by people who see colours otherwise, too: Okabe and Ito, "Color Universal Design", 2008. */
const palette = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#cc79a7', '#56b4e9', '#a08000', '#64748b']
const colorOf = (index: number): string => palette[index % palette.length] ?? ink.muted

const captionHeight = 18
const lineHeight = 14
const gap = 14
const plotHeight = 100
const axisWidth = 62
const nameWidth = 150
const valueWidth = 70

type Labelled = { name: string; total: number }[]

/** Draws a figure with its sums: columns for days, bars for names, and a legend where there are several series. */
export const drawFigure = (sheet: Sheet, figure: FigureValues, days: string[]): void => {
  const { caption, series, unit, by, values } = figure
  const total = series.reduce((sum, each) => sum + each.total, 0)
  const legend: Labelled = series.filter(({ name }) => name !== '')
  const plot = by === 'day' ? plotHeight + lineHeight : values.size * lineHeight
  const legendRows = layOut(sheet, legend, unit)
  sheet.reserve(captionHeight + (total === 0 ? lineHeight : plot + legendRows.length * lineHeight + 8) + gap)
  sheet.text(caption, left, sheet.y, { size: 10, bold: true, width: contentWidth - 130 })
  sheet.text(formatValue(total, unit), left + contentWidth - 120, sheet.y, {
    ...{ size: 10, bold: true, width: 120, align: 'right' },
  })
  sheet.y += captionHeight
  if (total === 0) {
    sheet.text('Nothing in this period.', left, sheet.y, { color: ink.muted })
    sheet.y += lineHeight + gap
    return
  }
  if (by === 'day') drawColumns(sheet, figure, days)
  else drawBars(sheet, figure)
  sheet.y += 8
  drawLegend(sheet, legendRows)
  sheet.y += gap
}

const drawColumns = (sheet: Sheet, { unit, values }: FigureValues, days: string[]): void => {
  const top = sheet.y
  const foot = top + plotHeight
  const plotLeft = left + axisWidth
  const step = (contentWidth - axisWidth) / days.length
  const steps = axisSteps(Math.max(...[...values.values()].map(sumOf)), unit)
  const scale = plotHeight / (steps.at(-1) ?? 1)
  for (const value of steps) {
    const y = foot - value * scale
    sheet.rule(y, plotLeft, contentWidth - axisWidth)
    sheet.text(formatValue(value, unit), left, y - 4, {
      ...{ size: 7, color: ink.muted, width: axisWidth - 6, align: 'right' },
    })
  }
  for (const [index, day] of days.entries()) {
    let y = foot
    for (const [at, value] of (values.get(day) ?? []).entries()) {
      const height = value * scale
      y -= height
      if (height > 0) sheet.box(plotLeft + index * step + step * 0.1, y, step * 0.8, height, colorOf(at))
    }
  }
  drawDays(sheet, days, { plotLeft, step, y: foot + 4 })
  sheet.y = foot + lineHeight
}

const dayWidth = 50

/** As many days as have room beneath their columns. */
const drawDays = (
  sheet: Sheet,
  days: string[],
  { plotLeft, step, y }: { plotLeft: number; step: number; y: number },
): void => {
  const every = Math.max(1, Math.ceil(dayWidth / step))
  for (let index = 0; index < days.length; index += every) {
    const center = plotLeft + (index + 0.5) * step
    const x = Math.min(center - dayWidth / 2, left + contentWidth - dayWidth)
    sheet.text(days[index] ?? '', x, y, { size: 7, color: ink.muted, width: dayWidth, align: 'center' })
  }
}

const drawBars = (sheet: Sheet, { unit, values }: FigureValues): void => {
  const room = contentWidth - nameWidth - valueWidth
  const scale = room / Math.max(...[...values.values()].map(sumOf), Number.MIN_VALUE)
  for (const [name, cells] of values) {
    sheet.text(name, left, sheet.y, { size: 8, width: nameWidth - 8 })
    let x = left + nameWidth
    for (const [at, value] of cells.entries()) {
      if (value > 0) sheet.box(x, sheet.y + 1, value * scale, lineHeight - 5, colorOf(at))
      x += value * scale
    }
    sheet.text(formatValue(sumOf(cells), unit), x + 4, sheet.y, { size: 8, width: valueWidth - 4 })
    sheet.y += lineHeight
  }
}

type LegendEntry = { label: string; color: string; x: number }

/** The entries of a legend, in as many rows as they need. */
const layOut = (sheet: Sheet, series: Labelled, unit: FigureValues['unit']): LegendEntry[][] => {
  const rows: LegendEntry[][] = []
  let x = contentWidth
  for (const [index, { name, total }] of series.entries()) {
    const label = `${name} ${formatValue(total, unit)}`
    const width = sheet.widthOf(label, 8) + 26
    if (x + width > contentWidth) {
      rows.push([])
      x = 0
    }
    rows.at(-1)?.push({ label, color: colorOf(index), x })
    x += width
  }
  return rows
}

const drawLegend = (sheet: Sheet, rows: LegendEntry[][]): void => {
  for (const row of rows) {
    for (const { label, color, x } of row) {
      sheet.box(left + x, sheet.y + 2, 7, 7, color)
      sheet.text(label, left + x + 11, sheet.y, { size: 8, width: contentWidth - x - 11 })
    }
    sheet.y += lineHeight
  }
}

const sumOf = (cells: number[]): number => cells.reduce((sum, value) => sum + value, 0)
