import { expect, test } from 'vitest'
import { faultsOf, generateTables } from '../../../../../test/harness/generated-tables.ts'

const constant = (name: string, value: unknown) => ({ name, type: 'constant', options: { value } })

const rowOf = async (template: string) => {
  const { things } = await generateTables([
    {
      name: 'things',
      count: 2,
      fields: [
        { name: 'id', type: 'sequence', options: { start: 41 } },
        constant('name', '  Zoë O’Neil\tÅström '),
        constant('yes', true),
        constant('none', null),
        constant('kana', 'が ハ'),
        { name: 'half', type: 'constant', options: { value: 'x' }, nullRate: 1 },
        { name: 'value', type: 'template', options: { template } },
      ],
    },
  ])
  return things?.value?.[1]
}

test.each([
  ['Order {{id}}!', 'Order 42!'],
  ['{{ id }}{{id}}', '4242'],
  ['{{name | trim}}', 'Zoë O’Neil\tÅström'],
  ['{{name|trim|upper}}', 'ZOË O’NEIL\tÅSTRÖM'],
  ['{{name | slug}}', 'zoe-o-neil-astrom'],
  ['{{name | trim | first(3) | lower}}', 'zoë'],
  ['{{kana | slug}}', 'が-ハ'],
  ['{{yes}}', 'true'],
  ['[{{none}}{{half | upper}}]', '[]'],
  ['\\{{id}} {{id}} {id} \\\\ \\n }}', '{{id}} 42 {id} \\ \\n }}'],
  ['', ''],
])('%s makes %s', async (template, expected) => {
  expect(await rowOf(template)).toBe(expected)
})

const faults = (template: string, unique = false) =>
  faultsOf([
    {
      name: 'things',
      count: 10,
      fields: [
        { name: 'id', type: 'sequence' },
        { name: 'some', type: 'sequence', nullRate: 0.5 },
        { name: 'code', type: 'pattern', options: { regex: '\\d{4}' }, unique: true },
        { name: 'name', type: 'first_name' },
        { name: 'value', type: 'template', options: { template }, unique },
      ],
    },
  ])

test.each([
  ['{{nobody}}', 'unknown_field'],
  ['{{value}}', 'circular'],
  ['{{id', 'invalid_template'],
  ['{{id | shout}}', 'invalid_template'],
  ['{{name | upper | upper | upper | upper | upper | upper}}', 'invalid_template'],
  ['{{id}}'.repeat(101), 'invalid_template'],
])('%s is refused: %s', async (template, code) => {
  expect(await faults(template)).toMatchObject([{ path: 'tables.0.fields.4.options.template', code }])
})

test.each([
  ['user{{code}}@example.com', true],
  ['{{id}}', true],
  ['{{name}}_{{id}}@example.com', true],
  ['no. {{id}}: {{code}}{{name}}', true],
  ['{{id | first(3)}}', false],
  ['{{some}}', false],
  ['{{name}}{{id}}', false],
  ['{{name}}-{{id}}', false],
  ['{{name}} {{id}} {{name}}', false],
  ['{{code}} {{name}}', false],
  ['{{name}}', false],
  ['always', false],
])('that %s is never the same twice is known: %s', async (template, isKnown) => {
  expect(await faults(template, true)).toMatchObject(isKnown ? [] : [{ code: 'unique_not_supported' }])
})
