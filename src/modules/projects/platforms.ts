/**
 * Where platforms take a feed. A destination that names one needs only its key.
 * Sources: "Live streaming via RTMPS" (YouTube), "Recommended ingest endpoint" (Twitch), "Live video API" (Facebook),
 * "Encoder settings" (Kick).
 */
export const platformIngest = {
  youtube: 'rtmps://a.rtmps.youtube.com:443/live2',
  twitch: 'rtmps://ingest.global-contribute.live-video.net:443/app',
  facebook: 'rtmps://live-api-s.facebook.com:443/rtmp',
  kick: 'rtmps://fa723fc1b171.global-contribute.live-video.net:443/app',
} as const

export const platformNames = ['youtube', 'twitch', 'facebook', 'kick', 'custom'] as const
export type PlatformName = (typeof platformNames)[number]
