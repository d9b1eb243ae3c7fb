/** Converts Braintree's XML to the objects that its libraries return. */
import { parseXml, XmlElement } from "@rgrove/parse-xml";
import { Problem } from "../../../lib/problem.ts";

/**
 * The content of the root element. An element with children becomes an object, with underscores in its keys; `type="array"` a
 * list, `nil="true"` null, and everything else text. Throws 422 `invalid_xml`, also for a document that defines entities.
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
