import { type Followed, type Parameters, withoutToken } from "./check-link.ts";

/** The result of a check. `problem` is set where the URL isn't this link. */
export interface CheckResult {
  /** As entered. */
  url: string;
  problem: "not_a_url" | "no_slug" | "other_link" | null;
  is_repaired: boolean;
  followed: Followed | null;
  parameters: Parameters;
}

const PROBLEMS: Record<NonNullable<CheckResult["problem"]>, string> = {
  not_a_url: "This isn’t a URL. Paste the whole address, such as the one above.",
  no_slug: "This URL has no link in it. Compare it with the address above.",
  other_link:
    "This URL doesn’t lead to this link. If a shortener or another redirect leads here, open it, and paste the address that it leads to.",
};

/** Follows the link as a visitor would, without counting a click. */
export function LinkCheck({ path, url, result }: { path: string; url: string; result: CheckResult | null }) {
  return (
    <section class="card" aria-labelledby="check">
      <h2 id="check">Test this link</h2>
      <p class="muted">
        Paste the link as you use it. It is followed as a visitor on a phone would follow it, but no click is counted
        and no cookie is set.
      </p>
      <form method="get" action={`${path}#check`} class="fields">
        <div class="field">
          <label for="check-url">Link as you use it</label>
          <input id="check-url" name="check" value={result?.url ?? url} inputmode="url" autocomplete="off" required />
        </div>
        <div>
          <button type="submit">Test link</button>
        </div>
      </form>
      {result !== null && <Result result={result} />}
      <details>
        <summary>What masked and pasted links lose</summary>
        <ul class="plain-list">
          <li>A frame or an “iframe mask” around the link isn’t a click: it isn’t counted and sets no cookie.</li>
          <li>
            A shortener or a redirect plugin works, but hides the referring site, and drops sub-IDs that you add to the
            short address unless it passes parameters on.
          </li>
          <li>
            Copying the landing page’s address instead of your link gives your visitors your own click. It expires, and
            none of their clicks are counted.
          </li>
          <li>Your own clicks, and repeated ones within an hour, aren’t counted.</li>
        </ul>
      </details>
    </section>
  );
}

function Result({ result: { problem, followed, is_repaired, parameters } }: { result: CheckResult }) {
  if (problem !== null || followed === null) {
    return (
      <p class="notice" role="alert">
        {PROBLEMS[problem ?? "other_link"]}
      </p>
    );
  }
  const { location, verdict } = followed;
  const { recorded, forwarded, lost } = parameters;
  return (
    <div class="notice" role="status">
      {location === null ? (
        <p>Visitors see an error page: the link isn’t active now.</p>
      ) : (
        <p>
          {verdict === "counted" ? "Visitors land on" : "The link isn’t active now. Visitors land on"}{" "}
          <strong class="address">{withoutToken(location)}</strong>
        </p>
      )}
      {verdict === "counted" && <p>A click by a visitor would count.</p>}
      {is_repaired && <p>The address was changed on the way, but still works. Better copy it again.</p>}
      {recorded.length > 0 && <p>Recorded for your reports: {recorded.join(", ")}.</p>}
      {forwarded.length > 0 && <p>Passed on to the landing page: {forwarded.join(", ")}.</p>}
      {lost.length > 0 && <p>Lost, since this link doesn’t pass parameters on: {lost.join(", ")}.</p>}
    </div>
  );
}
