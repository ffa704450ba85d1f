/** Markup that may be sent as it is. */
export type Html = { readonly markup: string }

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Markup from a template. Text that is put into it is escaped, for content and quoted attributes alike. */
export const html = (parts: TemplateStringsArray, ...values: (string | Html)[]): Html => ({
  markup: String.raw(
    { raw: parts },
    ...values.map((value) =>
      typeof value === 'string'
        ? value.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
        : value.markup,
    ),
  ),
})
