/** `npm run prepare-restore -- <export.sql>`: writes a D1 export in an order that an empty database takes. */
import { readFileSync, writeFileSync } from "node:fs";
import { unstable_splitSqlQuery } from "wrangler";
import { orderExport } from "./order-export.ts";

const [, , path] = process.argv;
if (path?.endsWith(".sql") !== true) {
  console.error("Name the file that `wrangler d1 export` wrote: npm run prepare-restore -- lastclick.sql");
  process.exit(1);
}
const target = path.replace(/\.sql$/, ".restore.sql");
const statements = orderExport(unstable_splitSqlQuery(readFileSync(path, "utf8")));
writeFileSync(target, `${statements.join("\n")}\n`);
console.log(`Wrote ${target} with ${statements.length} statements.`);
