import { AppError } from '../errors.ts'

/**
 * Tells a database that is away (connection refused or lost, shutting down, failing over, out of connections)
 * from a statement that was wrong. Only the first kind counts for the circuit breaker and becomes a 503.
 * SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ENOENT',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
])

/** 25006: still connected to what has become a replica. 57P0x: shutting down or starting. 53300: no connection left. */
const sqlStates = new Set(['25006', '57P01', '57P02', '57P03', '57P05', '53300', '53200', '58030'])

/**
 * Lock timeout, cancelled by the statement timeout, deadlock, serialisation failure: the database is there and asks to try
 * again. That is no reason to open a breaker.
 */
const contentionStates = new Set(['55P03', '57014', '40P01', '40001'])

export const isContention = (error: unknown): boolean => contentionStates.has(codeOf(error) ?? '')

/** What `pg` throws without a code when a connection could not be had in time, broke, or answers nothing. */
const driverTimeouts =
  /timeout exceeded when trying to connect|timeout expired|due to connection timeout|Query read timeout/
const driverBreaks = /Connection terminated|Client has encountered a connection error|Client was closed/

export const isInfrastructureError = (error: unknown): error is Error => {
  for (const cause of causesOf(error)) {
    if (isDatabaseFailure(cause)) return true
    // What the open breaker throws, as Drizzle wraps it.
    if (cause instanceof AppError && cause.code === 'DEPENDENCY_UNAVAILABLE') return true
  }
  return false
}

/**
 * Whether the same may go well on another connection at once. Not after a timeout, since whoever has waited would wait as
 * long again, and not while a breaker is open.
 */
export const isWorthAnotherTry = (error: unknown): boolean => {
  const causes = [...causesOf(error)]
  return causes.some(isDatabaseFailure) && !causes.some(isTimeout)
}

const isDatabaseFailure = (cause: Error): boolean => {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
  if (code !== undefined && (networkCodes.has(code) || sqlStates.has(code) || code.startsWith('08')))
    return true
  return driverTimeouts.test(cause.message) || driverBreaks.test(cause.message)
}

const isTimeout = (cause: Error): boolean =>
  driverTimeouts.test(cause.message) || ('code' in cause && cause.code === 'ETIMEDOUT')

/** SQLSTATE `read_only_sql_transaction`: a write came to a replica. */
export const readOnlyState = '25006'

/** An error and what caused it, as far down as anybody wraps them. */
function* causesOf(error: unknown): Generator<Error> {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    yield cause
  }
}

/** The SQLSTATE or system error code of an error or of what caused it. */
export const codeOf = (error: unknown): string | undefined => {
  for (const cause of causesOf(error)) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code
  }
  return undefined
}

/** The name of the violated constraint, for turning a unique violation (23505) into a 409 that names the field. */
export const violatedConstraint = (error: unknown, sqlState: '23505' | '23503'): string | undefined => {
  for (const cause of causesOf(error)) {
    if ('code' in cause && cause.code === sqlState && 'constraint' in cause) return String(cause.constraint)
  }
  return undefined
}
