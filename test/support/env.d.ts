declare namespace Cloudflare {
  interface Env extends LastclickEnv {
    TEST_MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
  interface GlobalProps {
    mainModule: typeof import("./worker.ts");
  }
}

type LastclickEnv = import("../../src/env.ts").Env;

/** When the running test file began, in ms; see `setup.ts`. */
declare var testFileStartedAt: number;

/** Ids of the Durable Objects that the running test file used. */
declare var usedObjects: Record<"CUSTOMERS" | "ACCOUNTS", Set<string>>;

/** How API calls of the running test deviate from the OpenAPI document; see `watch-exchanges.ts`. */
declare var deviations: string[];
