import { open } from 'node:fs/promises'

const pieceBytes = 256 * 1024

/** The file's bytes from `start` on, one piece at a time. Each piece is the reader's alone. */
export async function* readPieces(path: string, start = 0): AsyncGenerator<Buffer> {
  await using file = await open(path)
  for (let position = start; ; ) {
    const piece = Buffer.allocUnsafeSlow(pieceBytes)
    const { bytesRead } = await file.read(piece, 0, pieceBytes, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield piece.subarray(0, bytesRead)
  }
}
