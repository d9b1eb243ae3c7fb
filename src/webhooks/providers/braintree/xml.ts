/** Braintree's XML as the objects that its libraries make of it. */
import { parseXml, XmlElement } from "@rgrove/parse-xml";
import { Problem } from "../../../lib/problem.ts";

/**
 * The content of the outermost element: an element with others in it is an object of them, by names with underscores;
 * `type="array"` a list, `nil="true"` null, and all else a text. Throws 422 `invalid_xml`; entities of a document's own
 * are not expanded but refused.
 */
export function readXml(text: string): unknown {
  try {
    const { root } = parseXml(text);
    return root === null ? null : contentOf(root);
  } catch {
    throw new Problem(422, "invalid_xml", "The payload is not XML.");
  }
}

function contentOf({ attributes, children, text }: XmlElement): unknown {
  if (attributes.nil === "true") return null;
  const elements = children.filter((child) => child instanceof XmlElement);
  if (attributes.type === "array") return elements.map(contentOf);
  if (elements.length === 0) return text.trim();
  return Object.fromEntries(elements.map((element) => [element.name.replaceAll("-", "_"), contentOf(element)]));
}
