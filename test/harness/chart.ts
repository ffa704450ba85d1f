import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { parse, parseAllDocuments, stringify } from 'yaml'

type Values = Record<string, unknown>
type Scope = { dot: unknown; variables: Record<string, unknown> }
type Render = (scope: Scope) => string
/** What stands between two words such as `if` and `end`, and the word that ended it. */
type Block = { render: Render; endedBy: string }

/**
 * Renders a Helm chart with the part of Go's templates that ours uses, since Helm is not in every CI. Throws for everything else,
 * so that a chart which renders here means the same to Helm.
 *
 * @returns the objects by kind and name, such as `Deployment backlot-api`, and NOTES.txt as text
 * @see https://pkg.go.dev/text/template
 */
export const renderChart = (chart: string, values: Values) => {
  const read = (name: string) => fs.readFileSync(path.join(chart, name), 'utf8')
  const { name, version, appVersion } = parse(read('Chart.yaml'))
  const dot = {
    Values: merge(parse(read('values.yaml')), values),
    Chart: { Name: name, Version: version, AppVersion: appVersion },
    Release: { Name: 'backlot', Namespace: 'default', Service: 'Helm' },
  }
  const parts: Record<string, Render> = {}
  const render = (file: string) =>
    readBlock(tokensOf(read(`templates/${file}`)), parts).render({ dot, variables: { $: dot } })
  render('_helpers.tpl')
  const manifests = fs.readdirSync(path.join(chart, 'templates')).filter((file) => file.endsWith('.yaml'))
  const objects = manifests.flatMap((file) =>
    parseAllDocuments(render(file)).flatMap((document) => {
      if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`)
      return document.toJS() ?? []
    }),
  )
  const named = objects.map((object) => [`${object.kind} ${object.metadata.name}`, object] as const)
  return {
    values: dot.Values,
    notes: render('NOTES.txt'),
    objects: Object.fromEntries(named),
    count: named.length,
  }
}

const isMap = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const merge = (below: Values, above: Values): Values => {
  const merged = { ...below }
  for (const [key, value] of Object.entries(above)) {
    const under = below[key]
    merged[key] = isMap(under) && isMap(value) ? merge(under, value) : value
  }
  return merged
}

type Token = { text: string } | { action: string }

/** `{{-` and `-}}` take the white space beside them away. Comments are nothing. */
const tokensOf = (source: string): Token[] => {
  const tokens: Token[] = []
  let at = 0
  let trimsNext = false
  const addText = (to: number, trimsEnd: boolean) => {
    let text = source.slice(at, to)
    if (trimsNext) text = text.trimStart()
    tokens.push({ text: trimsEnd ? text.trimEnd() : text })
  }
  for (const match of source.matchAll(/\{\{(- )?\s*(\/\*[\s\S]*?\*\/|[\s\S]*?)\s*( -)?\}\}/g)) {
    addText(match.index, match[1] !== undefined)
    const action = match[2] ?? ''
    if (!action.startsWith('/*')) tokens.push({ action })
    trimsNext = match[3] !== undefined
    at = match.index + match[0].length
  }
  addText(source.length, false)
  return tokens
}

/** Reads up to `end` or `else`, and takes what it has read from `tokens`. */
const readBlock = (tokens: Token[], parts: Record<string, Render>): Block => {
  const renders: Render[] = []
  const block = (endedBy: string) => ({
    render: (scope: Scope) => renders.map((each) => each(scope)).join(''),
    endedBy,
  })
  for (let token = tokens.shift(); token !== undefined; token = tokens.shift()) {
    if ('text' in token) {
      const { text } = token
      renders.push(() => text)
      continue
    }
    const { action } = token
    if (action === 'end' || action === 'else') return block(action)
    const [, word = '', rest = ''] = /^(if|with|range|define) (.*)$/.exec(action) ?? []
    if (word === '') renders.push((scope) => textOf(evaluate(action, scope, parts)))
    else if (word === 'define') parts[literal(rest) ?? ''] = readBlock(tokens, parts).render
    else renders.push(readControl(word, rest, tokens, parts))
  }
  return block('')
}

const readControl = (word: string, rest: string, tokens: Token[], parts: Record<string, Render>): Render => {
  const body = readBlock(tokens, parts)
  const otherwise = body.endedBy === 'else' ? readBlock(tokens, parts).render : () => ''
  const [, names, expression = ''] = /^(?:((?:\$\w+(?:, )?)+) := )?(.*)$/.exec(rest) ?? []
  return (scope) => {
    const value = evaluate(expression, scope, parts)
    if (!isTrue(value)) return otherwise(scope)
    if (word === 'if') return body.render(scope)
    if (word === 'with') return body.render({ ...scope, dot: value })
    const entries = Object.entries(value as object)
    // Go goes through maps in the order of their keys.
    if (isMap(value)) entries.sort(([a], [b]) => (a < b ? -1 : 1))
    const [first = '', second] = names?.split(', ') ?? []
    return entries
      .map(([key, item]) => {
        const named = second === undefined ? { [first]: item } : { [first]: key, [second]: item }
        return body.render({ dot: item, variables: { ...scope.variables, ...named } })
      })
      .join('')
  }
}

const isTrue = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value)

const textOf = (value: unknown): string => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value)
  throw new Error(`Not text: ${JSON.stringify(value)}`)
}

/** Each command of a pipeline gets the last one's result behind its own words. */
const evaluate = (pipeline: string, scope: Scope, parts: Record<string, Render>): unknown => {
  let result: unknown
  for (const [index, command] of (pipeline.match(/(?:"[^"]*"|[^|"])+/g) ?? []).entries()) {
    const [first = '', ...words] = command.match(/"[^"]*"|\S+/g) ?? []
    const given = words.map((word) => wordValue(word, scope))
    if (index > 0) given.push(result)
    if (first === 'include') {
      result = parts[textOf(given[0])]?.({ dot: given[1], variables: { $: given[1] } })
    } else if (Object.hasOwn(functions, first)) {
      result = functions[first]?.(...given)
    } else {
      if (given.length > 0) throw new Error(`Not a function here: ${first}`)
      result = wordValue(first, scope)
    }
  }
  return result
}

const literal = (word: string): string | undefined => /^"([^"\\]*)"$/.exec(word)?.[1]

const wordValue = (word: string, { dot, variables }: Scope): unknown => {
  const text = literal(word)
  if (text !== undefined) return text
  if (/^\d+$/.test(word)) return Number(word)
  const [, variable, names = ''] = /^(\$\w*)?((?:\.\w+)*|\.)$/.exec(word) ?? []
  if (variable === undefined && names === '') throw new Error(`Not understood: ${word}`)
  if (variable !== undefined && !Object.hasOwn(variables, variable)) throw new Error(`Not defined: ${word}`)
  const start = variable === undefined ? dot : variables[variable]
  return names
    .split('.')
    .filter(Boolean)
    .reduce<unknown>((value, name) => (isMap(value) ? value[name] : undefined), start)
}

/** Those of Go and of Sprig that the chart calls. */
const functions: Record<string, (...given: unknown[]) => unknown> = {
  add: (...given) => given.reduce<number>((sum, each) => sum + Number(each), 0),
  and: (...given) => given.find((each) => !isTrue(each)) ?? given.at(-1),
  default: (fallback, value) => (isTrue(value) ? value : fallback),
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  nindent: (count, text) => `\n${textOf(text).replace(/^/gm, ' '.repeat(Number(count)))}`,
  not: (value) => !isTrue(value),
  quote: (value) => JSON.stringify(textOf(value)),
  required: (message, value) => {
    if (value === undefined || value === '') throw new Error(textOf(message))
    return value
  },
  sha256sum: (text) => createHash('sha256').update(textOf(text)).digest('hex'),
  toYaml: (value) => stringify(value, { lineWidth: 0, sortMapEntries: true, version: '1.1' }).trimEnd(),
  trimSuffix: (suffix, text) => {
    const whole = textOf(text)
    return whole.endsWith(textOf(suffix)) ? whole.slice(0, -textOf(suffix).length) : whole
  },
  trunc: (length, text) => textOf(text).slice(0, Number(length)),
}
