/** Parses HTML as a browser would. */

// For HTMLRewriter.
import "cloudflare:workers";

/** Parses HTML: each element with its decoded attributes. */
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

/** `&amp;` comes last, or `&amp;lt;` would be decoded twice. */
export function decode(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
