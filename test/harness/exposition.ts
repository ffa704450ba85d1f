export type Sample = { name: string; labels: Record<string, string>; value: number }

const heading = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/
const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?[\d.eE+-]+|NaN|[+-]Inf)$/i
const label = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y

/**
 * Reads Prometheus' text format 0.0.4, strictly.
 * @throws for a line that is neither a heading nor a sample, a sample without TYPE, and a series that comes twice
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export const readExposition = (text: string): Sample[] => {
  const typed = new Set<string>()
  const series = new Set<string>()
  const samples: Sample[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, kind, family = ''] = heading.exec(line) ?? []
    if (kind !== undefined) {
      if (kind === 'TYPE' && typed.has(family)) throw new Error(`TYPE twice: ${line}`)
      if (kind === 'TYPE') typed.add(family)
      continue
    }
    const [whole, name = '', labels = '', value = ''] = sample.exec(line) ?? []
    if (whole === undefined) throw new Error(`Not a sample: ${line}`)
    if (!typed.has(name) && !typed.has(name.replace(/_(bucket|sum|count)$/, '')))
      throw new Error(`No TYPE: ${line}`)
    if (series.has(`${name}{${labels}}`)) throw new Error(`Series twice: ${line}`)
    series.add(`${name}{${labels}}`)
    samples.push({ name, labels: readLabels(labels), value: Number(value.replace('Inf', 'Infinity')) })
  }
  return samples
}

const readLabels = (text: string): Record<string, string> => {
  const labels: Record<string, string> = {}
  label.lastIndex = 0
  while (label.lastIndex < text.length) {
    const at = label.lastIndex
    const [, name, value = ''] = label.exec(text) ?? []
    if (name === undefined) throw new Error(`Not a label: ${text.slice(at)}`)
    labels[name] = value
  }
  return labels
}
