import { expect, test } from 'vitest'
import { plain } from './terminal.ts'

test("a server's text moves no cursor, changes no colour and makes no line", () => {
  const hostile = '\u001b[2J\u001b]0;title\u0007half\r\ndone\u009b31m\u0085'
  expect(plain(hostile)).toBe(' [2J ]0;title half done 31m ')
  expect(plain('ganz ähnlich: 50 %')).toBe('ganz ähnlich: 50 %')
})
