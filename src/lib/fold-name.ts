/**
 * The form in which names from checkouts and terms are compared: without differences of case, width or ligatures. Names that
 * look alike but are other letters stay different.
 */
export function foldName(name: string): string {
  // Upper case first: it has one form for letters with two in lower case, such as σ and ς.
  return name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}
