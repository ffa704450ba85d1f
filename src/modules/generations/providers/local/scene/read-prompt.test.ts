import { describe, expect, it } from 'vitest'
import { lumaOf } from '../kernels/luma.ts'
import type { Raster } from '../raster.ts'
import { paintScene } from './paint-scene.ts'
import { readPrompt } from './read-prompt.ts'

describe('readPrompt', () => {
  it('knows words in any number and case', () => {
    expect(readPrompt('SUNSETS over snowy Mountains', 1)).toMatchObject({
      subject: 'landscape',
      time: 'sunset',
      weather: 'snow',
      features: new Set(['mountain']),
    })
    expect(readPrompt('beaches', 1).features).toEqual(new Set(['beach', 'sea']))
    expect(readPrompt('a purple galaxy', 1)).toMatchObject({ subject: 'space', accent: [134, 62, 176] })
  })

  it('is not led astray by words that objects inherit', () => {
    expect(readPrompt('constructor toString __proto__', 1).subject).toBe('abstract')
  })

  it('chooses by the words what they leave open', () => {
    const first = readPrompt('my cat Tom', 1)
    expect(first.subject).toBe('abstract')
    expect(readPrompt('Tom, my cat!', 1)).toEqual(first)
    expect(readPrompt('my dog Rex', 1).seed).not.toBe(first.seed)
    expect(readPrompt('my cat Tom', 2).seed).not.toBe(first.seed)
    expect(readPrompt('', 1).subject).toBe('abstract')
    expect(readPrompt('猫 и собака', 1).subject).toBe('abstract')
  })
})

describe('paintScene', () => {
  const small = (prompt: string, seed = 3) => paintScene(prompt, seed, 160, 120)
  const mean = (values: ArrayLike<number>) =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length

  it('lets words steer the picture', () => {
    expect(mean(lumaOf(small('city at night')))).toBeLessThan(60)
    expect(mean(lumaOf(small('city at noon')))).toBeGreaterThan(100)
    const [redness] = channelMeans(small('desert dunes at noon'), 0.8)
    const [, , blueness] = channelMeans(small('clear sea at noon'), 0.8)
    expect(redness).toBeGreaterThan(150)
    expect(blueness).toBeGreaterThan(channelMeans(small('clear sea at noon'), 0.8)[0] + 20)
    const forest = channelMeans(small('forest at noon'), 0.9)
    expect(forest[1]).toBeGreaterThan(forest[0] + 10)
  })

  it.each([
    'sunset over the sea',
    'snowy mountain',
    'autumn forest',
    'storm over a city',
    'foggy field of flowers',
    'galaxy',
    'love',
  ])('draws %j the same way each time, at any size', (prompt) => {
    expect(small(prompt).rgb).toEqual(small(prompt).rgb)
    expect(small(prompt).rgb).not.toEqual(small(prompt, 4).rgb)
    expect(paintScene(prompt, 1, 64, 512).rgb).toHaveLength(64 * 512 * 3)
    expect(paintScene(prompt, 1, 333, 64).rgb).toHaveLength(333 * 64 * 3)
  })

  /** Mean red, green and blue of the row at this share of the height. */
  function channelMeans({ width, height, rgb }: Raster, down: number): [number, number, number] {
    const row = rgb.subarray(Math.floor(height * down) * width * 3).subarray(0, width * 3)
    const channel = (c: number) => mean(row.filter((_, i) => i % 3 === c))
    return [channel(0), channel(1), channel(2)]
  }
})
