/** Printable ASCII: what `.` and every negation choose from. */
const printable = Array.from({ length: 0x7f - 0x20 }, (_, offset) => String.fromCharCode(0x20 + offset))
const digits = printable.filter((character) => /\d/.test(character))
const wordCharacters = printable.filter((character) => /\w/.test(character))

/** The printable characters that are not among those given. */
export const others = (characters: Iterable<string>): string[] => {
  const excluded = new Set(characters)
  return printable.filter((character) => !excluded.has(character))
}

/** What `.` and the escapes of classes stand for. White space is a space alone, so that texts stay on one line. */
export const namedSets: ReadonlyMap<string, readonly string[]> = new Map([
  ['.', printable],
  ['\\d', digits],
  ['\\D', others(digits)],
  ['\\w', wordCharacters],
  ['\\W', others(wordCharacters)],
  ['\\s', [' ']],
  ['\\S', others([' '])],
])

/** Escapes that stand for one character that cannot well be written itself. */
export const controlEscapes: ReadonlyMap<string, string> = new Map([
  ['\\t', '\t'],
  ['\\n', '\n'],
  ['\\r', '\r'],
])
