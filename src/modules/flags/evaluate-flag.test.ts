import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { evaluateFlag } from './evaluate-flag.ts'

describe('whom a value is for', () => {
  const flag = (rules: Parameters<typeof evaluateFlag>[0]['rules'], key = 'f') => ({
    key,
    enabled: true,
    defaultValue: 'none',
    rules,
  })
  const [ada, eve] = [randomUUID(), randomUUID()]

  test('the first rule that is for the caller decides; all that it says has to hold', () => {
    const rules = [
      { users: [ada], roles: ['admin'], value: 'both' },
      { users: [ada], value: 'ada' },
      { roles: ['admin'], value: 'admin' },
    ]
    const of = (userId?: string, role?: string) => evaluateFlag(flag(rules), { userId, role })
    expect(of(ada, 'admin')).toEqual({ value: 'both', reason: 'TARGETING_MATCH' })
    expect(of(ada, 'user').value).toBe('ada')
    expect(of(eve, 'admin').value).toBe('admin')
    expect(of(eve, 'user')).toEqual({ value: 'none', reason: 'DEFAULT' })
    expect(of().value).toBe('none')
    expect(evaluateFlag({ ...flag(rules), enabled: false }, { userId: ada })).toEqual({
      value: 'none',
      reason: 'DISABLED',
    })
    expect(evaluateFlag(flag([]), { userId: ada }).reason).toBe('STATIC')
  })

  test('a percentage takes as many as it says, always the same, and others for another flag', () => {
    const people = Array.from({ length: 10_000 }, () => randomUUID())
    const taken = (percentage: number, key?: string) =>
      new Set(
        people.filter(
          (userId) => evaluateFlag(flag([{ percentage, value: 'in' }], key), { userId }).value === 'in',
        ),
      )
    const tenth = taken(10)
    // Five standard deviations: sqrt(10,000 * 0.1 * 0.9) = 30.
    expect(Math.abs(tenth.size - 1_000)).toBeLessThan(150)
    expect(taken(10)).toEqual(tenth)
    const fifth = taken(20)
    expect([...tenth].every((id) => fifth.has(id))).toBe(true)
    expect([...taken(10, 'g')].filter((id) => tenth.has(id)).length).toBeLessThan(200)
    expect([taken(0).size, taken(100).size]).toEqual([0, 10_000])
    expect(evaluateFlag(flag([{ percentage: 100, value: 'in' }]), {}).value).toBe('none')
    // Of this user in any process, of any version.
    const fixed = { userId: '00000000-0000-7000-8000-000000000001' }
    const at = (percentage: number) => evaluateFlag(flag([{ percentage, value: 'in' }]), fixed).value
    expect([at(58.81), at(58.82)]).toEqual(['none', 'in'])
  })
})
