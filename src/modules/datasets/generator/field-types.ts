import type { KnownFieldType } from './field-type.ts'
import { addressFields } from './field-types/address.ts'
import { choiceFields } from './field-types/choice.ts'
import { commerceFields } from './field-types/commerce.ts'
import { companyFields } from './field-types/company.ts'
import { dateFields } from './field-types/dates.ts'
import { fileFields } from './field-types/files.ts'
import { financeFields } from './field-types/finance.ts'
import { formulaFields } from './field-types/formula.ts'
import { idFields } from './field-types/ids.ts'
import { internetFields } from './field-types/internet.ts'
import { numberFields } from './field-types/numbers.ts'
import { patternFields } from './field-types/pattern.ts'
import { personFields } from './field-types/person.ts'
import { relationFields } from './field-types/relations.ts'
import { structureFields } from './field-types/structure.ts'
import { templateFields } from './field-types/template.ts'
import { textFields } from './field-types/text.ts'

/** Every kind of field, by name. */
export const fieldTypes: ReadonlyMap<string, KnownFieldType> = new Map(
  [
    ...idFields,
    ...numberFields,
    ...dateFields,
    ...financeFields,
    ...commerceFields,
    ...addressFields,
    ...companyFields,
    ...fileFields,
    ...internetFields,
    ...textFields,
    ...personFields,
    ...patternFields,
    ...choiceFields,
    ...structureFields,
    ...relationFields,
    ...templateFields,
    ...formulaFields,
  ].map((type) => [type.name, type]),
)
