/** HTML read back, as whoever pastes it or looks at it would have it. */

// For HTMLRewriter.
import "cloudflare:workers";

/** HTML as a parser gives it: each element with its attributes, as they are after decoding. */
export async function parse(html: string) {
  const elements: { tag: string; attributes: Record<string, string> }[] = [];
  const texts: string[] = [];
  const reader = new HTMLRewriter().on("*", {
    element({ tagName, attributes }) {
      elements.push({
        tag: tagName,
        attributes: Object.fromEntries([...attributes].map(([n = "", v = ""]) => [n, v])),
      });
    },
  });
  reader.onDocument({ text: (chunk) => void texts.push(chunk.text), comments: () => void texts.push("<!--") });
  await reader.transform(new Response(html)).text();
  return { elements, text: texts.join("") };
}

/** `&amp;` last, or `&amp;lt;` would become more than it says. */
export function decode(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
