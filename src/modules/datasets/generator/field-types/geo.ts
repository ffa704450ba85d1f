import { z } from 'zod'
import {
  type ByteSink,
  writeByte,
  writeDigits,
  writeText,
  writeUint,
} from '../../../../platform/rows/byte-sink.ts'
import { drawPreciseFraction } from '../counter-hash.ts'
import { defineField, type KnownFieldType, SchemaFault } from '../field-type.ts'
import { longestDouble, writeDouble } from '../write-number.ts'

const minus = 0x2d
const point = 0x2e

/** The double that is nearest to `units / 10^decimals`, as JavaScript and PostgreSQL both print it. */
const writeUnits = (sink: ByteSink, units: number, decimals: number): void => {
  const one = 10 ** decimals
  if (units !== 0 && Math.abs(units / one) < 1e-3) {
    writeDouble(sink, units / one)
    return
  }
  if (units < 0) writeByte(sink, minus)
  const size = Math.abs(units)
  const whole = Math.floor(size / one)
  writeUint(sink, whole)
  let rest = size - whole * one
  if (rest === 0) return
  let digits = decimals
  while (rest % 10 === 0) {
    rest /= 10
    digits -= 1
  }
  writeByte(sink, point)
  writeDigits(sink, rest, digits)
}

/** Ten digits are less than a tenth of a millimetre. */
const mostDecimals = 10

const degreesField = (name: string, description: string, most: number): KnownFieldType => {
  const degrees = z.number().min(-most).max(most)
  return defineField({
    name,
    group: 'address',
    description,
    options: z
      .strictObject({
        min: degrees.default(-most),
        max: degrees.default(most),
        decimals: z.int().min(0).max(mostDecimals).default(6),
      })
      .refine(({ min, max }) => min <= max, { path: ['max'], message: 'max is less than min' }),
    example: { min: -10, max: 10, decimals: 4 },
    compile: ({ min, max, decimals }) => {
      const first = Math.ceil(min * 10 ** decimals)
      const last = Math.floor(max * 10 ** decimals)
      if (last < first) {
        throw new SchemaFault(
          'options.decimals',
          'no_values',
          'No number with so few decimals is from min to max.',
        )
      }
      return {
        kind: 'list',
        columnType: 'double',
        maxBytes: longestDouble,
        plain: true,
        size: last - first + 1,
        write: (index, sink) => writeUnits(sink, first + index, decimals),
      }
    },
  })
}

const latitude = z.number().min(-90).max(90)
const longitude = z.number().min(-180).max(180)
const earthRadiusKm = 6371.0088
const radians = Math.PI / 180

/** A position from two random fractions, in degrees. */
type Placing = (first: number, second: number) => { latitude: number; longitude: number }

/** Every area of the same size is as likely. */
const placeWithin = (bounds: { west: number; south: number; east: number; north: number }): Placing => {
  const low = Math.sin(bounds.south * radians)
  const high = Math.sin(bounds.north * radians)
  // Bounds whose east is less than their west go across the meridian of 180 degrees.
  const width = bounds.east >= bounds.west ? bounds.east - bounds.west : bounds.east - bounds.west + 360
  return (first, second) => ({
    latitude: Math.asin(low + (high - low) * first) / radians,
    longitude: withinHalfTurn(bounds.west + width * second),
  })
}

/** On a sphere, in the circle around a point. Source: the destination point by bearing and distance, spherical trigonometry. */
const placeNear = (near: { latitude: number; longitude: number }, radiusKm: number): Placing => {
  const sine = Math.sin(near.latitude * radians)
  const cosine = Math.cos(near.latitude * radians)
  const share = 2 * Math.sin(radiusKm / earthRadiusKm / 2) ** 2
  return (first, second) => {
    const height = share * first
    const cosineOfAngle = 1 - height
    const sineOfAngle = Math.sqrt(height * (2 - height))
    const bearing = 2 * Math.PI * second
    const sineOfLatitude = sine * cosineOfAngle + cosine * sineOfAngle * Math.cos(bearing)
    const turn = Math.atan2(Math.sin(bearing) * sineOfAngle * cosine, cosineOfAngle - sine * sineOfLatitude)
    return {
      latitude: Math.asin(Math.max(-1, Math.min(1, sineOfLatitude))) / radians,
      longitude: withinHalfTurn(near.longitude + turn / radians),
    }
  }
}

const withinHalfTurn = (degrees: number): number => {
  if (degrees > 180) return degrees - 360
  return degrees < -180 ? degrees + 360 : degrees
}

const pointDecimals = 6
const opening = '{"type":"Point","coordinates":['
const ending = ']}'

const geoPoint = defineField({
  name: 'geo_point',
  group: 'address',
  description:
    'A GeoJSON Point (RFC 7946), anywhere, within bounds in degrees, or in a circle around a place.',
  options: z
    .strictObject({
      bounds: z
        .strictObject({ west: longitude, south: latitude, east: longitude, north: latitude })
        .refine(({ south, north }) => south <= north, {
          path: ['north'],
          message: 'north is less than south',
        })
        .optional(),
      near: z.strictObject({ latitude, longitude }).optional(),
      radiusKm: z.number().min(0.001).max(20_000).default(10),
    })
    .refine(({ bounds, near }) => bounds === undefined || near === undefined, {
      path: ['near'],
      message: 'bounds and near exclude each other',
    }),
  example: { near: { latitude: 52.52, longitude: 13.405 }, radiusKm: 25 },
  compile: ({ bounds, near, radiusKm }, { key }) => {
    const place =
      near === undefined
        ? placeWithin(bounds ?? { west: -180, south: -90, east: 180, north: 90 })
        : placeNear(near, radiusKm)
    return {
      kind: 'computed',
      columnType: 'json',
      maxBytes: opening.length + 1 + ending.length + 2 * longestDouble,
      plain: true,
      unique: false,
      write: (row, sink) => {
        const position = place(drawPreciseFraction(key, row, 0), drawPreciseFraction(key, row, 1))
        writeText(sink, opening)
        writeUnits(sink, Math.round(position.longitude * 10 ** pointDecimals), pointDecimals)
        writeText(sink, ',')
        writeUnits(sink, Math.round(position.latitude * 10 ** pointDecimals), pointDecimals)
        writeText(sink, ending)
      },
    }
  },
})

export const geoFields = [
  degreesField('latitude', 'Degrees north of the equator.', 90),
  degreesField('longitude', 'Degrees east of Greenwich.', 180),
  geoPoint,
]
