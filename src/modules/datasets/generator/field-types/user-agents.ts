import { numberTexts, oneOf, product, union } from './texts.ts'

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const mac = 'Macintosh; Intel Mac OS X 10_15_7'
const computers = oneOf(['Windows NT 10.0; Win64; x64', mac, 'X11; Linux x86_64'])
const chromiumVersions = numberTexts(120, 145)
const firefoxVersions = [...Array(26).keys()].map((minor) => `${120 + minor}.0`)

/**
 * Browsers say little more than their main version since 2022: the system is frozen to one value a platform.
 * Source: the user agent reduction of Chromium, and MDN, "User-Agent".
 */
export const userAgents = union([
  product('Mozilla/5.0 (', computers, `) ${webKit} Chrome/`, chromiumVersions, '.0.0.0 Safari/537.36'),
  product(
    `Mozilla/5.0 (Linux; Android 10; K) ${webKit} Chrome/`,
    chromiumVersions,
    '.0.0.0 Mobile Safari/537.36',
  ),
  ...chromiumPairs(),
  ...firefoxVersions.map((version) =>
    product(
      'Mozilla/5.0 (',
      oneOf(['Windows NT 10.0; Win64; x64', 'Macintosh; Intel Mac OS X 10.15', 'X11; Linux x86_64']),
      `; rv:${version}) Gecko/20100101 Firefox/${version}`,
    ),
  ),
  product(
    `Mozilla/5.0 (${mac}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/`,
    numberTexts(16, 18),
    '.',
    numberTexts(0, 6),
    ' Safari/605.1.15',
  ),
  ...safariOnPhones(),
])

/** Edge names its own version beside the same one of Chromium. */
function chromiumPairs() {
  return [...Array(26).keys()].map((minor) => {
    const version = `${120 + minor}.0.0.0`
    return product(
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) ',
      `${webKit} Chrome/${version} Safari/537.36 Edg/${version}`,
    )
  })
}

/** On a phone the browser and the system go by the same version. */
function safariOnPhones() {
  return [16, 17, 18].flatMap((major) =>
    [0, 1, 2, 3, 4, 5, 6].map((minor) =>
      product(
        `Mozilla/5.0 (iPhone; CPU iPhone OS ${major}_${minor} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) `,
        `Version/${major}.${minor} Mobile/15E148 Safari/604.1`,
      ),
    ),
  )
}
