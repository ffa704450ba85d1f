import {
  type EvaluationContext,
  FlagNotFoundError,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  type ResolutionDetails,
  TypeMismatchError,
} from '@openfeature/server-sdk'
import { evaluateFlag, type FlagValue } from './evaluate-flag.ts'
import type { FlagRow, FlagType } from './flags.table.ts'

/**
 * The flags of the table as OpenFeature asks for them (its specification, 2.2): without asking the database, by the last known ones.
 * A flag that is not there, or of another type, gives the caller's default, with the reason ERROR and a code.
 */
export class FlagProvider implements Provider {
  readonly metadata = { name: 'backlot' }
  readonly runsOn = 'server'
  readonly events = new OpenFeatureEventEmitter()
  #flags = new Map<string, FlagRow>()

  /** Takes the flags as they are now, and tells who follows them which have changed. */
  take(rows: readonly FlagRow[]): void {
    const before = this.#flags
    this.#flags = new Map(rows.map((row) => [row.key, row]))
    const flagsChanged = [...new Set([...before.keys(), ...this.#flags.keys()])].filter(
      (key) => before.get(key)?.updatedAt.getTime() !== this.#flags.get(key)?.updatedAt.getTime(),
    )
    if (flagsChanged.length > 0) this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged })
  }

  async resolveBooleanEvaluation(key: string, _default: boolean, context: EvaluationContext) {
    return this.#resolve(key, 'boolean', context, (value) => (typeof value === 'boolean' ? value : undefined))
  }

  async resolveStringEvaluation(key: string, _default: string, context: EvaluationContext) {
    return this.#resolve(key, 'string', context, (value) => (typeof value === 'string' ? value : undefined))
  }

  async resolveNumberEvaluation(key: string, _default: number, context: EvaluationContext) {
    return this.#resolve(key, 'number', context, (value) => (typeof value === 'number' ? value : undefined))
  }

  /** OpenFeature lets the caller name the type of an object; nobody can check that. */
  async resolveObjectEvaluation<T extends JsonValue>(key: string, _default: T, context: EvaluationContext) {
    return this.#resolve(key, 'json', context, (value) => value as T)
  }

  #resolve<T>(
    key: string,
    type: FlagType,
    { targetingKey, role }: EvaluationContext,
    read: (value: FlagValue) => T | undefined,
  ): ResolutionDetails<T> {
    const flag = this.#flags.get(key)
    if (flag === undefined) throw new FlagNotFoundError(`There is no flag ${key}.`)
    const { value, reason } = evaluateFlag(flag, {
      userId: targetingKey,
      role: typeof role === 'string' ? role : undefined,
    })
    const typed = flag.type === type ? read(value) : undefined
    if (typed === undefined) throw new TypeMismatchError(`The flag ${key} is of the type ${flag.type}.`)
    return { value: typed, reason }
  }
}
