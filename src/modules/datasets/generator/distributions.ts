import { drawFraction, drawPreciseFraction, type Key } from './counter-hash.ts'
import { normalQuantile } from './normal-quantile.ts'

/**
 * The value of a row: a function of its arguments alone. Only arithmetic and V8's own exp and log (a port of fdlibm, the same on
 * every machine) take part, so the same row has the same value everywhere.
 */
export type Distribution = (key: Key, row: number) => number

/** How often a value that does not fit is drawn again. What still does not then is less than one in 100,000. */
const mostDraws = 32

/** A random number strictly between 0 and 1. */
const drawInside = (key: Key, row: number, n: number): number =>
  (Math.floor(drawPreciseFraction(key, row, n) * 2 ** 52) + 0.5) * 2 ** -52

/**
 * Normal, cut off at the bounds: a value outside is drawn again, up to 32 times, and becomes the nearer bound after that.
 * @param stddev the range or less, with a mean within the bounds: then a draw fits with a probability of at least 0.34
 */
export const normal = (about: { mean: number; stddev: number; min: number; max: number }): Distribution => {
  const { mean, stddev, min, max } = about
  return (key, row) => {
    let value = mean
    for (let n = 0; n < mostDraws; n += 1) {
      value = mean + stddev * normalQuantile(drawInside(key, row, n))
      if (value >= min && value <= max) return value
    }
    return Math.min(max, Math.max(min, value))
  }
}

/** Exponential from `min` on with `rate` per unit, cut off at `max` exactly: no value is lost or moved. */
export const exponential = ({ rate, min, max }: { rate: number; min: number; max: number }): Distribution => {
  const share = Math.expm1(-rate * (max - min))
  return (key, row) => {
    const value = min - Math.log1p(drawInside(key, row, 0) * share) / rate
    return Math.min(max, value)
  }
}

/**
 * Ranks from 0 up to and without `size`, rank `r` with a probability proportional to `(r + 1) ^ -exponent`.
 * Source: Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions",
 * ACM TOMACS 6 (1996).
 */
export const zipf = ({ exponent, size }: { exponent: number; size: number }): Distribution => {
  const density = (x: number) => Math.exp(-exponent * Math.log(x))
  // The antiderivative of the density that stays finite at exponent 1, and its inverse.
  const integral = (x: number) => {
    const log = Math.log(x)
    return expm1Ratio((1 - exponent) * log) * log
  }
  const integralInverse = (y: number) => Math.exp(log1pRatio(Math.max(-1, y * (1 - exponent))) * y)
  const low = integral(1.5) - 1
  const high = integral(size + 0.5)
  // A point this close below its rank needs no further look.
  const squeeze = 2 - integralInverse(integral(2.5) - density(2))
  return (key, row) => {
    let rank = 1
    for (let n = 0; n < mostDraws; n += 1) {
      const y = high + drawPreciseFraction(key, row, n) * (low - high)
      const x = integralInverse(y)
      rank = Math.min(size, Math.max(1, Math.floor(x + 0.5)))
      if (rank - x <= squeeze || y >= integral(rank + 0.5) - density(rank)) break
    }
    return rank - 1
  }
}

/**
 * Whole numbers from 0 up to and without `size` that grow with the row: each row has a slice of its own of the range, and a random
 * place in it. No two rows have the same if `size` is twice `rowCount` or more.
 * @param size 2^53 at most
 */
export const ascending = ({ size, rowCount }: { size: number; rowCount: number }): Distribution => {
  const slice = size / Math.max(1, rowCount)
  return (key, row) => {
    const start = Math.min(size - 1, Math.floor(row * slice))
    const end = Math.min(size, Math.floor((row + 1) * slice))
    return start + Math.floor(drawFraction(key, row) * Math.max(0, end - start))
  }
}

// Near 0 the quotients lose their digits, but two terms of the series are exact there.
const log1pRatio = (x: number) => (Math.abs(x) > 1e-8 ? Math.log1p(x) / x : 1 - x / 2)
const expm1Ratio = (x: number) => (Math.abs(x) > 1e-8 ? Math.expm1(x) / x : 1 + x / 2)
