const MESSAGE = "the customer is being erased";

/** Thrown by an object that takes no call while its customer is being erased. Of an error, RPC passes on only the message. */
export function beingErased(): Error {
  return new Error(MESSAGE);
}

/** Whether an error is {@link beingErased}, also from another object. */
export function isBeingErased(error: unknown): boolean {
  return error instanceof Error && error.message.endsWith(MESSAGE);
}
