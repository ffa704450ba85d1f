import { type Texts, union } from './texts.ts'

/** The lowest digit, and how many there are. A letter that stands for itself is one of one. */
type Place = { byte: number; digits: number }

/** The digits whose values fit together into 31 bits, from the last one on. */
type Group = { size: number; first: number; end: number }

/**
 * Digits in a form: `#` is any digit, `!` one from 2 to 9, as faker writes them.
 * @param leadingZero whether the first of several `#` in a row may be 0
 */
export const digitTexts = (templates: readonly string[], leadingZero: boolean): Texts => {
  const formsByShape = new Map<string, Place[][]>()
  for (const template of new Set(templates)) {
    const shape = template.replaceAll(/[^#!]/g, '.')
    const forms = formsByShape.get(shape) ?? []
    forms.push(placesOf(template, leadingZero))
    formsByShape.set(shape, forms)
  }
  const shapes = [...formsByShape.values()].sort(([a = []], [b = []]) => sizeOf(b) - sizeOf(a))
  // What a larger form covers would come twice. Forms of one shape differ in a letter.
  const different = shapes.flatMap((forms, index) => {
    const larger = shapes.slice(0, index).flat()
    return forms.filter((form) => !larger.some((other) => overlap(form, other)))
  })
  return union(different.map(formTexts))
}

const placesOf = (template: string, leadingZero: boolean): Place[] => {
  const bytes = Buffer.from(template)
  return Array.from(bytes, (byte, index) => {
    const symbol = String.fromCharCode(byte)
    if (symbol === '!') return { byte: 0x32, digits: 8 }
    if (symbol !== '#') return { byte, digits: 1 }
    const isFirst = bytes[index - 1] !== byte
    return leadingZero || !isFirst ? { byte: 0x30, digits: 10 } : { byte: 0x31, digits: 9 }
  })
}

const sizeOf = (form: Place[]): number => form.reduce((size, { digits }) => size * digits, 1)

const overlap = (form: Place[], other: Place[]): boolean =>
  form.length === other.length &&
  form.every((place, index) => {
    const { byte, digits } = other[index] as Place
    return place.byte < byte + digits && byte < place.byte + place.digits
  })

const formTexts = (form: Place[]): Texts => {
  const bytes = Uint8Array.from(form, ({ byte }) => byte)
  const radixes = Uint8Array.from(form, ({ digits }) => digits)
  const groups = groupsOf(form)
  return {
    size: Math.min(sizeOf(form), 2 ** 52),
    maxBytes: form.length,
    plain: !/[\t\n\r\\]/.test(Buffer.from(bytes).toString()),
    write: (index, sink) => {
      let rest = index
      for (const { size, first, end } of groups) {
        const quotient = Math.floor(rest / size)
        // 32-bit arithmetic is several times as fast as that on doubles.
        let small = (rest - quotient * size) | 0
        rest = quotient
        for (let place = end - 1; place >= first; place -= 1) {
          const radix = radixes[place] as number
          let digit = 0
          if (radix > 1) {
            const next = (small / radix) | 0
            digit = small - next * radix
            small = next
          }
          sink.bytes[sink.at + place] = (bytes[place] as number) + digit
        }
      }
      sink.at += form.length
    },
  }
}

const groupsOf = (form: Place[]): Group[] => {
  const groups: Group[] = []
  let end = form.length
  while (end > 0) {
    let first = end
    let size = 1
    for (; first > 0; first -= 1) {
      const { digits } = form[first - 1] as Place
      if (size * digits > 2 ** 31) break
      size *= digits
    }
    groups.push({ size, first, end })
    end = first
  }
  return groups
}
