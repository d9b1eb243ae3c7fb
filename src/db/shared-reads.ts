/**
 * A D1 binding for the reads of one page, which calls several parts of the API at once: queries that are waiting at the same time
 * go to D1 as one batch, and equal ones run once. Everything that isn't a query goes to D1 as it is.
 */

type Row = Record<string, unknown>;

/** A query that can join a batch. */
interface Read {
  statement: D1PreparedStatement;
  /** The SQL with its parameters. */
  key: string;
}

/** Queries that were asked for together: their results are from the same moment. */
interface Asked {
  reads: readonly Read[];
  resolve: (results: D1Result<Row>[]) => void;
  reject: (error: unknown) => void;
}

const IS_READ = /^\s*(?:SELECT|WITH\s(?!.*\b(?:INSERT|UPDATE|DELETE)\b))/is;

/**
 * The names of queries' columns by their SQL: what a batch answers are objects, which lose one of two columns with the same name.
 * Such a query (null) runs alone.
 */
const columnsOf = new Map<string, readonly string[] | null>();
const KNOWN_MAX = 1_000;

/** Wraps a binding for one request. A query's error is its own. */
export function shareReads(db: D1Database): D1Database {
  const readsOf = new WeakMap<D1PreparedStatement, Read>();
  const originals = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const waiting: Asked[] = [];

  const read = (reads: readonly Read[]) =>
    new Promise<D1Result<Row>[]>((resolve, reject) => {
      waiting.push({ reads, resolve, reject });
      // What the other calls of the page ask for meanwhile joins the batch.
      if (waiting.length === 1) setTimeout(() => void answer(db, waiting.splice(0)), 0);
    });
  const readOne = async (one: Read) => (await read([one]))[0] as D1Result<Row>;

  const prepare = (query: string, parameters: readonly unknown[] = []): D1PreparedStatement => {
    const statement = db.prepare(query).bind(...parameters);
    const wrap = (methods: object) => {
      const wrapped = { ...methods, bind: (...values: unknown[]) => prepare(query, values) } as D1PreparedStatement;
      originals.set(wrapped, statement);
      return wrapped;
    };
    if (!IS_READ.test(query)) {
      return wrap({
        run: () => statement.run(),
        all: () => statement.all(),
        first: (...column: [string]) => statement.first(...column),
        raw: (...options: [{ columnNames: true }]) => statement.raw(...options),
      });
    }
    const one = { statement, key: JSON.stringify([query, ...parameters.map(describe)]) };
    const shared = wrap({
      run: () => readOne(one),
      all: () => readOne(one),
      first: async (column?: string) => {
        const [row] = (await readOne(one)).results;
        return row === undefined ? null : column === undefined ? row : row[column];
      },
      raw: async (...options: [{ columnNames: true }] | []) => {
        const columns = columnsOf.get(query);
        if (options.length === 0 && columns === undefined) return learnColumns(query, statement);
        if (options.length > 0 || columns == null) return statement.raw(...(options as []));
        return (await readOne(one)).results.map((row) => columns.map((column) => row[column]));
      },
    });
    readsOf.set(shared, one);
    return shared;
  };

  return {
    prepare: (query: string) => prepare(query),
    batch: (statements: D1PreparedStatement[]) => {
      const reads = statements.flatMap((statement) => readsOf.get(statement) ?? []);
      if (reads.length === statements.length) return read(reads);
      return db.batch(statements.map((statement) => originals.get(statement) ?? statement));
    },
    exec: (query: string) => db.exec(query),
    withSession: (constraint?: string) => db.withSession(constraint),
  } as D1Database;
}

/** Runs everything as one batch. If that fails, what was asked for together runs alone, so that only the one with the fault fails. */
async function answer(db: D1Database, asked: readonly Asked[]): Promise<void> {
  try {
    const results = await runDistinct(
      db,
      asked.flatMap(({ reads }) => reads),
    );
    for (const { reads, resolve } of asked) resolve(results.splice(0, reads.length));
  } catch (error) {
    const [only, ...others] = asked;
    if (others.length === 0) only?.reject(error);
    else await Promise.all(asked.map((one) => answer(db, [one])));
  }
}

/** Runs each different query once. The results are in the order of the queries. */
async function runDistinct(db: D1Database, reads: readonly Read[]): Promise<D1Result<Row>[]> {
  const distinct = [...new Map(reads.map((one) => [one.key, one.statement]))];
  const [[, first] = [], ...others] = distinct;
  if (first === undefined) return [];
  const results = others.length === 0 ? [await first.all<Row>()] : await db.batch<Row>(distinct.map(([, one]) => one));
  const resultOf = new Map(distinct.map(([key], place) => [key, results[place]]));
  return reads.map(({ key }) => resultOf.get(key) as D1Result<Row>);
}

/** A parameter in a key. Bytes have no text of their own, so a query with them is different from all others. */
function describe(parameter: unknown): unknown {
  return typeof parameter === "object" && parameter !== null ? crypto.randomUUID() : parameter;
}

/** Runs a query alone for the first time, and keeps the names of its columns if they are all different. */
async function learnColumns(query: string, statement: D1PreparedStatement): Promise<unknown[][]> {
  const [names, ...rows] = await statement.raw({ columnNames: true });
  if (columnsOf.size >= KNOWN_MAX) columnsOf.clear();
  columnsOf.set(query, new Set(names).size === names.length ? names : null);
  return rows;
}
