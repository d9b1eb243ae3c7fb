/** A webhook as BigCommerce posts it to the URL with which the hook was created. */
export function signBigcommerce(body: string, { secret }: { secret: string }) {
  return { method: "POST", path: secret, headers: { "content-type": "application/json" }, body };
}

export const BIGCOMMERCE_TOKEN = "ufk2ptm3nz1lqsf0vap5y8dmix9wjrb";

/** BigCommerce's API, which answers these paths of one store. */
export function serveBigcommerce(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  async function request(url: string, init?: RequestInit): Promise<Response> {
    asked.push(url);
    if (new Headers(init?.headers).get("x-auth-token") !== BIGCOMMERCE_TOKEN)
      return new Response(null, { status: 401 });
    const answer = answers[url.replace("https://api.bigcommerce.com/stores/abcde/", "")];
    if (answer === undefined) return new Response(null, { status: 404 });
    if (typeof answer === "number") return new Response(null, { status: answer });
    return Response.json(answer);
  }
  return { asked, request };
}
