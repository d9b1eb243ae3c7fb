/** Calls the admin API of a real server, with an optional Idempotency-Key. Returns the JSON of a success and throws otherwise. */
export async function callAdmin(
  server: { origin: string; adminToken: string },
  method: string,
  path: string,
  body?: unknown,
  idempotencyKey?: string,
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape it asserts.
): Promise<any> {
  const response = await fetch(server.origin + path, {
    method,
    headers: {
      Authorization: `Bearer ${server.adminToken}`,
      ...(idempotencyKey !== undefined && { "Idempotency-Key": idempotencyKey }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const json = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(json)}`);
  return json;
}
