import type { ImageRequest, Style } from './provider.ts'

const phrases: Record<Style, string> = {
  photorealistic: 'a photorealistic photograph, natural light, fine detail',
  cartoon: 'a cartoon with bold outlines and flat bright colours',
  anime: 'an anime illustration with cel shading and clean lines',
  'pixel-art': 'pixel art with large square pixels and a small palette',
  'oil-painting': 'an oil painting with visible brush strokes',
  watercolor: 'a watercolor painting on rough paper',
  sketch: 'a graphite pencil sketch with hatching',
  noir: 'a film noir photograph, black and white, high contrast, deep shadows',
}

/** A style as a model that knows only words is told it. */
export const phraseOf = (style: Style): string => phrases[style]

/** A prompt for Stable Diffusion and its like, which read a list of traits. */
export const promptInTraits = ({ prompt, style }: ImageRequest): string => `${prompt}, ${phraseOf(style)}`
