/** A notification as posted by ThriveCart, with the account's secret word in the body, which is a form or JSON. */
export function signThrivecart(body: string, { secret }: { secret: string }) {
  const isJson = body.startsWith("{");
  const type = isJson ? "application/json" : "application/x-www-form-urlencoded";
  return {
    method: "POST",
    headers: { "content-type": type },
    body: isJson ? inJson(body, secret) : inForm(body, secret),
  };
}

function inJson(body: string, secret: string): string {
  return JSON.stringify({ ...JSON.parse(body), thrivecart_secret: secret });
}

function inForm(body: string, secret: string): string {
  const form = new URLSearchParams(body);
  form.set("thrivecart_secret", secret);
  return form.toString();
}
