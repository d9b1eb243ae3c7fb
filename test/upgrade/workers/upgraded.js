/** The Worker of the working tree in its surroundings. */
import "./clock.js";
import * as worker from "./index.js";
import { handlersOf, watch } from "./surroundings.js";

export const Customer = watch(worker.Customer, "CUSTOMERS");
export const Account = watch(worker.Account, "ACCOUNTS");

export default handlersOf(worker.default);
