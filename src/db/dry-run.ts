/** Runs a change in a transaction of a Durable Object, returns its result, and rolls everything back. */
export function dryRun<Result>(storage: DurableObjectStorage, change: () => Result): Result {
  const results: Result[] = [];
  try {
    storage.transactionSync(() => {
      results.push(change());
      // What throws in a transaction rolls it back.
      throw new Error("rolled back on purpose");
    });
  } catch (error) {
    // The change itself failed.
    if (results.length === 0) throw error;
  }
  return results[0] as Result;
}
