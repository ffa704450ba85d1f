import { type Document, type Method, type Operation, operationsOf } from './document.ts'

/** What is to be known of an operation beside its method and path. */
type Nature = {
  /** Whether the path can be read too, so that a POST to it adds to what is read. */
  hasGet: boolean
  isList: boolean
}

/**
 * Gives every operation without an `operationId` one of the form `posts.create`: what its path begins with, and what is done.
 * Routes whose path does not say it well name themselves in their schema.
 */
export const nameOperations = (document: Document): void => {
  for (const { path, method, operation } of operationsOf(document)) {
    const nature = { hasGet: 'get' in (document.paths[path] ?? {}), isList: isList(operation) }
    // A new object: methods of one route share theirs.
    const named = { operationId: operationIdOf(method, path, nature), ...operation }
    document.paths[path] = { ...document.paths[path], [method]: named }
  }
}

/** All lists, and nothing else, answer with an array as `data`. */
const isList = ({ responses }: Operation): boolean =>
  JSON.stringify(responses ?? {}).includes('"data":{"type":"array"')

/** @param path as in OpenAPI, such as `/v1/posts/{id}` */
export const operationIdOf = (method: Method, path: string, nature: Nature): string => {
  const [group = 'service', ...rest] = path.split('/').filter((part) => part !== '' && part !== 'v1')
  const isOfOne = rest.at(-1)?.startsWith('{') ?? false
  const words = rest.filter((part) => !part.startsWith('{'))
  return `${camelCase([group])}.${actionOf(method, words, { ...nature, isOfOne })}`
}

const verbs = {
  get: 'get',
  head: 'head',
  post: 'create',
  put: 'replace',
  patch: 'update',
  delete: 'delete',
  options: 'options',
}

const actionOf = (
  method: Method,
  words: string[],
  { hasGet, isList, isOfOne }: Nature & { isOfOne: boolean },
): string => {
  if (words.length === 0) return method === 'get' && isList ? 'list' : verbs[method]
  const isNamedByPath = (method === 'get' && !isOfOne) || (method === 'post' && !hasGet)
  if (isNamedByPath) return camelCase(words)
  const last = words.at(-1) ?? ''
  const thing = isOfOne || method === 'post' ? last.replace(/(?<!s)s$/, '') : last
  return camelCase([verbs[method], ...words.slice(0, -1), thing])
}

const camelCase = (words: string[]) =>
  words
    .flatMap((word) => word.split(/[^a-zA-Z0-9]+/))
    .filter((word) => word !== '')
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')
