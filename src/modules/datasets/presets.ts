import type { TableSchema } from './generator/dataset-schema.ts'

export const presetNames = ['users', 'products', 'orders', 'posts', 'events'] as const
export type PresetName = (typeof presetNames)[number]

type Field = Partial<TableSchema['fields'][number]> & { name: string; type: string }

const table = (name: string, count: number, fields: Field[]): TableSchema => ({
  name,
  count: Math.max(1, Math.round(count)),
  fields: fields.map((field) => ({ options: {}, nullRate: 0, unique: false, ...field })),
})

const id: Field = { name: 'id', type: 'sequence' }
const oneOf = (name: string, values: string[], weights: number[]): Field => ({
  name,
  type: 'enum',
  options: { values, weights },
})
/** Some time in two years. */
const instant = (name: string, nullRate = 0): Field => ({
  name,
  type: 'datetime',
  options: { from: '2024-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' },
  nullRate,
})
const referTo = (name: string, tableName: string, options: Record<string, unknown> = {}): Field => ({
  name,
  type: 'reference',
  options: { table: tableName, column: 'id', ...options },
})

const users = (count: number) =>
  table('users', count, [
    id,
    { name: 'uuid', type: 'uuid' },
    { name: 'first_name', type: 'first_name' },
    { name: 'last_name', type: 'last_name' },
    { name: 'email', type: 'email', unique: true },
    { name: 'phone', type: 'phone', nullRate: 0.2 },
    { name: 'birth_date', type: 'birth_date' },
    { name: 'city', type: 'city' },
    { name: 'country_code', type: 'country_code' },
    oneOf('role', ['viewer', 'user', 'manager', 'admin'], [60, 35, 4, 1]),
    { name: 'active', type: 'boolean', options: { probability: 0.9 } },
    instant('created_at'),
  ])

const products = (count: number) =>
  table('products', count, [
    id,
    { name: 'sku', type: 'pattern', options: { regex: '[A-Z]{3}-[0-9]{6}' }, unique: true },
    { name: 'name', type: 'product_name' },
    { name: 'category', type: 'product_category' },
    { name: 'price', type: 'decimal', options: { min: 1, max: 500, decimals: 2 } },
    { name: 'stock', type: 'integer', options: { min: 0, max: 1000, distribution: 'exponential' } },
    { name: 'rating', type: 'decimal', options: { min: 1, max: 5, decimals: 1 }, nullRate: 0.1 },
    { name: 'ean', type: 'ean13' },
    { name: 'description', type: 'sentence' },
  ])

/** As many orders as asked for, of a fifth as many users and a tenth as many products, with one to five items each. */
const orders = (count: number) => [
  users(count / 5),
  products(count / 10),
  table('orders', count, [
    id,
    referTo('user_id', 'users', { distribution: 'zipf' }),
    oneOf('status', ['pending', 'paid', 'shipped', 'delivered', 'returned'], [10, 15, 20, 50, 5]),
    instant('ordered_at'),
    { name: 'note', type: 'sentence', nullRate: 0.8 },
  ]),
  table('order_items', count * 2, [
    id,
    referTo('order_id', 'orders', { cardinality: { min: 1, max: 5 } }),
    referTo('product_id', 'products', { distribution: 'zipf' }),
    { name: 'quantity', type: 'integer', options: { min: 1, max: 5 } },
    { name: 'unit_price', type: 'lookup', options: { via: 'product_id', column: 'price' } },
    { name: 'total', type: 'formula', options: { expression: 'quantity * unit_price', decimals: 2 } },
  ]),
]

/** As many posts as asked for, of a tenth as many users. */
const posts = (count: number) => [
  users(count / 10),
  table('posts', count, [
    id,
    referTo('author_id', 'users', { distribution: 'zipf' }),
    { name: 'title', type: 'title' },
    { name: 'slug', type: 'template', options: { template: '{{title | slug}}_{{id}}' }, unique: true },
    { name: 'body', type: 'paragraph' },
    { name: 'tags', type: 'json_array', options: { item: { type: 'noun' }, min: 0, max: 4 } },
    oneOf('status', ['draft', 'scheduled', 'published'], [20, 5, 75]),
    instant('published_at', 0.25),
  ]),
]

/** As many events as asked for, in the order of their times, of a fiftieth as many users. */
const events = (count: number) => [
  users(count / 50),
  table('events', count, [
    id,
    referTo('user_id', 'users', { distribution: 'zipf' }),
    oneOf('name', ['page_view', 'click', 'sign_up', 'purchase', 'share'], [60, 25, 5, 4, 6]),
    {
      name: 'occurred_at',
      type: 'datetime',
      options: { from: '2025-01-01T00:00:00Z', to: '2025-12-31T00:00:00Z', order: 'ascending' },
    },
    { name: 'session_id', type: 'uuid' },
    { name: 'ip', type: 'ipv4', options: { range: 'documentation' } },
    { name: 'user_agent', type: 'user_agent' },
    {
      name: 'properties',
      type: 'json_object',
      options: {
        fields: {
          path: { type: 'slug' },
          duration_ms: { type: 'integer', options: { min: 1, max: 90_000 } },
        },
      },
    },
  ]),
]

const presets: Record<PresetName, { description: string; tables: (count: number) => TableSchema[] }> = {
  users: { description: 'Accounts of people.', tables: (count) => [users(count)] },
  products: { description: 'What a shop sells.', tables: (count) => [products(count)] },
  orders: { description: 'Orders with their items, users and products.', tables: orders },
  posts: { description: 'Posts with their authors.', tables: posts },
  events: { description: 'What users did, in the order of time.', tables: events },
}

/** @param count rows of the table that the preset is named for */
export const tablesOfPreset = (name: PresetName, count: number): TableSchema[] => presets[name].tables(count)

const shownCount = 1_000

export const describePresets = () =>
  presetNames.map((name) => ({
    name,
    description: presets[name].description,
    tables: tablesOfPreset(name, shownCount),
  }))
