import { hash32, hashText } from '../kernels/counter-hash.ts'

export type Rgb = readonly [red: number, green: number, blue: number]

export type Feature = 'mountain' | 'hill' | 'forest' | 'tree' | 'sea' | 'beach' | 'city' | 'desert' | 'flower'
export type TimeOfDay = 'day' | 'dawn' | 'sunset' | 'night'
export type Weather = 'clear' | 'cloudy' | 'storm' | 'fog' | 'snow'

/** What the drawing engine understood of a prompt. */
export type Scene = {
  seed: number
  subject: 'landscape' | 'space' | 'abstract'
  time: TimeOfDay
  weather: Weather
  autumn: boolean
  features: ReadonlySet<Feature>
  /** The colour that the prompt names, or one chosen for it, and one to go with it. */
  accent: Rgb
  second: Rgb
}

const featureWords: Record<Feature, string> = {
  mountain: 'mountain alps peak summit cliff fjord volcano rock everest',
  hill: 'hill valley countryside meadow field grass pasture farm savanna vineyard prairie landscape',
  forest: 'forest wood woodland jungle pine taiga wilderness rainforest',
  tree: 'tree oak park orchard',
  sea: 'sea ocean lake river water coast island bay harbor harbour wave lagoon reflection',
  beach: 'beach shore seaside',
  city: 'city town skyline skyscraper street building downtown metropolis urban tokyo london paris cyberpunk neon',
  desert: 'desert dune sand sahara oasis',
  flower: 'flower garden blossom tulip rose daisy poppy lavender sunflower bloom spring bouquet',
}

const timeWords: Record<TimeOfDay, string> = {
  day: 'day noon sunny sunshine morning afternoon summer',
  dawn: 'dawn sunrise daybreak',
  sunset: 'sunset dusk evening twilight golden sundown',
  night: 'night midnight moon moonlight starry star nocturnal dark',
}

const weatherWords: Record<Weather, string> = {
  clear: 'clear cloudless',
  cloudy: 'cloud cloudy overcast sky',
  storm: 'storm stormy rain rainy thunder thunderstorm tempest',
  fog: 'fog foggy mist misty haze hazy',
  snow: 'snow snowy winter ice icy frozen arctic christmas blizzard',
}

const colours: Record<string, Rgb> = {
  red: [214, 52, 46],
  crimson: [176, 24, 52],
  orange: [240, 132, 36],
  gold: [232, 178, 52],
  yellow: [246, 208, 60],
  green: [72, 156, 74],
  emerald: [24, 140, 96],
  teal: [26, 142, 146],
  turquoise: [52, 190, 186],
  blue: [48, 96, 204],
  indigo: [74, 60, 168],
  purple: [134, 62, 176],
  violet: [142, 88, 206],
  lavender: [164, 130, 214],
  pink: [238, 124, 170],
  magenta: [210, 44, 140],
  white: [240, 240, 236],
}

const spaceWords = words(
  'space galaxy planet nebula cosmos cosmic universe alien saturn mars spaceship astronaut',
)
const autumnWords = words('autumn fall maple october')
const featureOf = invert(featureWords)
const timeOf = invert(timeWords)
const weatherOf = invert(weatherWords)

/**
 * Reads a scene out of a prompt by its known English words. What the words leave open is chosen by a hash of
 * all of them and the seed; a prompt without any known word becomes an abstract picture.
 */
export function readPrompt(prompt: string, seed: number): Scene {
  const found = (prompt.toLowerCase().match(/\p{L}+/gu) ?? []).slice(0, 200)
  const features = new Set(found.flatMap((word) => look(featureOf, word) ?? []))
  if (features.has('beach') || features.has('city')) features.add('sea')
  const time = firstOf(timeOf, found)
  const weather = firstOf(weatherOf, found)
  const autumn = found.some((word) => look(autumnWords, word))
  const own = hash32(
    found.reduce((sum, word) => (sum + hashText(word)) >>> 0, 0),
    seed,
  )
  if (features.size === 0 && (time ?? weather ?? autumn)) features.add(pick(['mountain', 'hill', 'sea'], own))
  const colour = found.map((word) => look(colours, word)).find((value) => value !== undefined)
  return {
    seed: own,
    subject: found.some((word) => look(spaceWords, word))
      ? 'space'
      : features.size > 0
        ? 'landscape'
        : 'abstract',
    time: time ?? (isBad(weather) ? 'day' : pick(['day', 'day', 'dawn', 'sunset'], hash32(own, 1))),
    weather: weather ?? pick(['clear', 'cloudy'], hash32(own, 2)),
    autumn,
    features,
    accent: colour ?? pick(Object.values(colours), hash32(own, 3)),
    second: pick(Object.values(colours), hash32(own, 4)),
  }
}

function isBad(weather: Weather | undefined): boolean {
  return weather === 'storm' || weather === 'fog' || weather === 'snow'
}

function firstOf<T>(table: Record<string, T>, found: string[]): T | undefined {
  return found.map((word) => look(table, word)).find((value) => value !== undefined)
}

/** Finds a word, or its singular. */
function look<T>(table: Record<string, T>, word: string): T | undefined {
  for (const form of [word, word.replace(/s$/, ''), word.replace(/es$/, '')]) {
    if (Object.hasOwn(table, form)) return table[form]
  }
  return undefined
}

function words(list: string): Record<string, true> {
  return Object.fromEntries(list.split(' ').map((word) => [word, true]))
}

function invert<Key extends string>(table: Record<Key, string>): Record<string, Key> {
  const inverted: Record<string, Key> = {}
  for (const key in table) for (const word of table[key].split(' ')) inverted[word] = key
  return inverted
}

function pick<T>(list: readonly [T, ...T[]] | readonly T[], hash: number): T {
  const chosen = list[hash % list.length]
  if (chosen === undefined) throw new RangeError('Nothing to pick from.')
  return chosen
}
