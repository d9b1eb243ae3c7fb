/** Plurals, lists and numbers of one language, by Intl. Its objects are created on first use: each takes milliseconds. */

/** A text for each plural category of the language; `other` is used for those left out. */
export type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** What every catalog builds its sentences with. */
export interface Language {
  /** BCP 47. */
  locale: string;
  /** `1,234`. */
  number: (value: number) => string;
  /** `1 day`, `1,000 days`: the number and the form that goes with it. */
  count: (value: number, forms: PluralForms) => string;
  /** The form for a position: `st` for 1, 21 and 101. */
  ordinalForm: (value: number, forms: PluralForms) => string;
  /** `a, b, and c`. */
  and: (items: readonly string[]) => string;
  /** `a, b, or c`. */
  or: (items: readonly string[]) => string;
}

export function createLanguage(locale: string): Language {
  const numbers = lazy(() => new Intl.NumberFormat(locale));
  const cardinals = lazy(() => new Intl.PluralRules(locale));
  const ordinals = lazy(() => new Intl.PluralRules(locale, { type: "ordinal" }));
  const conjunctions = lazy(() => new Intl.ListFormat(locale, { type: "conjunction" }));
  const disjunctions = lazy(() => new Intl.ListFormat(locale, { type: "disjunction" }));
  return {
    locale,
    number: (value) => numbers().format(value),
    count: (value, forms) => `${numbers().format(value)} ${forms[cardinals().select(value)] ?? forms.other}`,
    ordinalForm: (value, forms) => forms[ordinals().select(value)] ?? forms.other,
    and: (items) => conjunctions().format(items),
    or: (items) => disjunctions().format(items),
  };
}

function lazy<Value>(create: () => Value): () => Value {
  let created: Value | undefined;
  return () => (created ??= create());
}
