/** The peer broke the protocol or one of our bounds: the connection cannot go on. The message is a short reason. */
export class ProtocolError extends Error {
  override name = 'ProtocolError'
}
