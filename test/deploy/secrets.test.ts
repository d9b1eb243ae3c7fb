import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { writeSecrets } from "../../src/deploy/secrets.ts";

test.each([
  "ZmY4NTA2-_mMwMTU1NzM4NWM0NDBkMTE4NjQ=",
  "my#token-0123456789-0123456789",
  "'my-token-0123456789-0123456789'",
  `it's-"my"-token-0123456789-0123456789`,
  "my`token\\n-0123456789-0123456789",
])("the chosen ADMIN_TOKEN %s is saved whole, for a deployment that goes on later", (ADMIN_TOKEN) => {
  const secrets = { ADMIN_TOKEN, VAULT_KEY: "key" };
  expect(parseEnv(writeSecrets(secrets))).toEqual(secrets);
});
