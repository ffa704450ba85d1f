import type { Rgb, Scene } from './read-prompt.ts'

/** The light of a scene: the sky from the top down, the sun or moon, and what it does to colours on the ground. */
export type Light = {
  zenith: Rgb
  middle: Rgb
  horizon: Rgb
  disc: Rgb
  /** Factors by which the light changes a surface's own colour. */
  onGround: Rgb
}

const lights: Record<Scene['time'], Light> = {
  day: {
    zenith: [40, 104, 190],
    middle: [112, 172, 230],
    horizon: [216, 233, 242],
    disc: [255, 252, 236],
    onGround: [1.02, 1, 0.96],
  },
  dawn: {
    zenith: [84, 112, 178],
    middle: [218, 168, 190],
    horizon: [255, 224, 186],
    disc: [255, 240, 214],
    onGround: [0.94, 0.78, 0.78],
  },
  sunset: {
    zenith: [42, 40, 98],
    middle: [190, 84, 108],
    horizon: [255, 172, 86],
    disc: [255, 226, 158],
    onGround: [0.8, 0.5, 0.46],
  },
  night: {
    zenith: [5, 8, 26],
    middle: [15, 25, 62],
    horizon: [48, 64, 110],
    disc: [236, 238, 244],
    onGround: [0.2, 0.25, 0.4],
  },
}

const greySky: Rgb = [122, 130, 138]

export function lightOf(scene: Scene): Light {
  const light = lights[scene.time]
  const grey =
    scene.weather === 'storm' ? 0.72 : scene.weather === 'fog' ? 0.5 : scene.weather === 'snow' ? 0.3 : 0
  if (grey === 0) return light
  const dim = scene.time === 'night' ? 0.3 : scene.weather === 'storm' ? 0.75 : 1.25
  const cloud = scale(greySky, dim)
  return {
    zenith: mix(light.zenith, scale(cloud, 0.6), grey),
    middle: mix(light.middle, cloud, grey),
    horizon: mix(light.horizon, scale(cloud, 1.3), grey),
    disc: light.disc,
    onGround: mix(light.onGround, scale(light.onGround, 0.72), grey),
  }
}

export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share]
}

export function scale(a: Rgb, factor: number): Rgb {
  return [a[0] * factor, a[1] * factor, a[2] * factor]
}

export function lit(surface: Rgb, light: Light): Rgb {
  return [surface[0] * light.onGround[0], surface[1] * light.onGround[1], surface[2] * light.onGround[2]]
}
