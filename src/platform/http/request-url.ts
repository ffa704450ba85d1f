const maxUrlLength = 8 * 1024

/** Paths that belong to operations and have no version. */
const unversioned = /^\/(v1(\/|\?|$)|health|metrics|openapi\.json|docs|admin|setup|account|\?|$)/

/** `/posts` answers as `/v1/posts`: one rewrite, no second route. */
export const versionedUrl = (url: string): string => (unversioned.test(url) ? url : `/v1${url}`)

export const isUrlTooLong = (url: string): boolean => url.length > maxUrlLength
