import type { Dictionaries } from '../dictionaries.ts'
import { patternTexts } from './name-lists.ts'
import { product, wordTexts } from './texts.ts'
import { choiceField, textsField, wordField } from './word-field.ts'

const phrase =
  (...lists: `company.${string}`[]) =>
  ({ words }: Dictionaries) =>
    product(...lists.flatMap((list, index) => [...(index > 0 ? [' '] : []), wordTexts(words(list))]))

const industries = [
  'Accounting',
  'Aerospace',
  'Agriculture',
  'Architecture',
  'Automotive',
  'Banking',
  'Biotechnology',
  'Chemicals',
  'Construction',
  'Consulting',
  'Consumer Goods',
  'Education',
  'Electronics',
  'Energy',
  'Entertainment',
  'Fashion',
  'Food and Beverages',
  'Government',
  'Healthcare',
  'Hospitality',
  'Insurance',
  'Legal Services',
  'Logistics',
  'Manufacturing',
  'Media',
  'Mining',
  'Pharmaceuticals',
  'Real Estate',
  'Retail',
  'Software',
  'Telecommunications',
  'Tourism',
]

const departments = [
  'Customer Service',
  'Design',
  'Engineering',
  'Facilities',
  'Finance',
  'Human Resources',
  'Information Technology',
  'Legal',
  'Logistics',
  'Marketing',
  'Operations',
  'Procurement',
  'Product',
  'Quality Assurance',
  'Research',
  'Sales',
]

export const companyFields = [
  textsField(
    {
      name: 'company_name',
      group: 'company',
      description: 'The name of a company, in a form of the language.',
    },
    (dictionaries) => wordTexts(patternTexts(dictionaries, 'company.name_pattern')),
  ),
  wordField({
    name: 'legal_entity_type',
    group: 'company',
    description: 'The legal form of a company.',
    list: 'company.legal_entity_type',
  }),
  textsField(
    { name: 'catch_phrase', group: 'company', description: 'A slogan.' },
    phrase('company.adjective', 'company.descriptor', 'company.noun'),
  ),
  textsField(
    { name: 'buzz_phrase', group: 'company', description: 'What a company claims to do.' },
    phrase('company.buzz_verb', 'company.buzz_adjective', 'company.buzz_noun'),
  ),
  choiceField({
    name: 'industry',
    group: 'company',
    description: 'A branch of business.',
    values: industries,
  }),
  choiceField({
    name: 'department',
    group: 'company',
    description: 'A part of a company.',
    values: departments,
  }),
]
