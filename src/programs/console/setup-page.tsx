import { FormFaults, FormKey } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Copied, CopyField, Done, PageHead, Progress, StatusTag } from "../../console/layout/parts.tsx";
import type { Problem } from "../../lib/problem.ts";
import { nameCheckout } from "../../webhooks/console/checkout-names.ts";
import { ConnectSteps } from "../../webhooks/console/connect-steps.tsx";
import type { SetupFacts, SetupStep } from "./setup-steps.ts";

const CONFIRMATIONS = {
  created: "Program created. Go through the steps below in any order.",
  tested: "The test sale was sent.",
};

interface SetupProps {
  program: { slug: string; name: string };
  facts: SetupFacts;
  steps: readonly SetupStep[];
  /** Whether the user may create endpoints and send test sales. */
  may_connect: boolean;
  /** The checkouts that can be connected. */
  sources: readonly string[];
  /** Why the test sale was refused. */
  problem: Problem | null;
  done: string | undefined;
}

/** The checklist of a new program. */
export function SetupPage(props: SetupProps) {
  const { program, steps, done } = props;
  const finished = steps.filter(({ is_done }) => is_done).length;
  return (
    <div class="stack">
      <PageHead
        title={`Set up ${program.name}`}
        note={
          finished === steps.length
            ? "Everything is set up."
            : `${finished} of ${steps.length} steps are finished. You can leave and come back: the list shows what is true now.`
        }
      />
      <Done done={done} texts={CONFIRMATIONS} />
      {steps.map((step) => (
        <Step {...props} step={step} />
      ))}
      <Copied />
    </div>
  );
}

function Step(props: SetupProps & { step: SetupStep }) {
  const { program, facts, step, may_connect } = props;
  const { id, title, is_done, next } = step;
  const path = programHref(program.slug, "/setup");
  const head = (
    <div class="card-head">
      <h2>{title}</h2>
      {is_done ? <StatusTag tone="good">Done</StatusTag> : <StatusTag tone="waiting">To do</StatusTag>}
    </div>
  );
  const end = (
    <div class="actions">
      <a class={is_done ? "" : "button"} href={programHref(program.slug, next.path)}>
        {next.label}
      </a>
    </div>
  );
  if (id !== "checkout" && id !== "sale") {
    return (
      <section class="card stack" id={id} aria-label={title}>
        {head}
        <Lines program={program.slug} lines={step.lines} />
        {end}
      </section>
    );
  }
  // Events arrive while somebody watches. Forms stay outside of what is loaded again.
  const isWaiting = !is_done && (id === "checkout" ? facts.endpoints.length > 0 : facts.link !== null);
  return (
    <section class="stack" id={id} aria-label={title}>
      <Progress id={`${id}-state`} path={path} is_running={isWaiting}>
        {head}
        <Lines program={program.slug} lines={step.lines} />
        {end}
      </Progress>
      {id === "checkout" && !is_done && <Connect {...props} />}
      {id === "sale" && !is_done && facts.link !== null && may_connect && <TestSale {...props} link={facts.link} />}
    </section>
  );
}

function Lines({ program, lines }: { program: string; lines: SetupStep["lines"] }) {
  return (
    <ul class="checklist">
      {lines.map(({ is_done, text, more }) => (
        <li class={is_done ? "done" : "open"}>
          <span class="vh">{is_done ? "Done: " : "To do: "}</span>
          {text}
          {more !== undefined && (
            <>
              {" "}
              <a href={programHref(program, more.path)}>{more.label}</a>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A choice of the checkout, or what to enter at the one that was chosen. */
function Connect({ program, facts, may_connect, sources }: SetupProps) {
  const [waiting] = facts.endpoints.filter(({ received, test }) => received.length === 0 && !test);
  if (waiting !== undefined) {
    return (
      <section class="card stack" aria-labelledby="connect">
        <h2 id="connect">What to enter at {waiting.name}</h2>
        <ConnectSteps
          source={waiting.source}
          url={waiting.url}
          secret={null}
          secret_href={programHref(program.slug, `/checkouts/${waiting.id}#secrets`)}
        />
      </section>
    );
  }
  if (!may_connect || facts.endpoints.length > 0) return null;
  const choices = sources
    .map((source) => [source, nameCheckout(source)] as const)
    .toSorted(([, one], [, other]) => one.localeCompare(other, "en"));
  return (
    <form method="post" action={programHref(program.slug, "/checkouts")} class="card fields">
      <FormKey />
      <div class="field">
        <label for="source">Your checkout</label>
        <select id="source" name="source" aria-describedby="source-note">
          {choices.map(([source, name]) => (
            <option value={source} selected={source === "stripe"}>
              {name}
            </option>
          ))}
        </select>
        <span class="note" id="source-note">
          The next page says what to enter where.
        </span>
      </div>
      <div>
        <button type="submit" class="primary">
          Connect checkout
        </button>
      </div>
    </form>
  );
}

/** A link to click, and a sale to send after it. */
function TestSale(props: SetupProps & { link: NonNullable<SetupFacts["link"]> }) {
  const { program, facts, link, problem } = props;
  return (
    <section class="card stack" aria-labelledby="test">
      <h2 id="test">Try it</h2>
      <ol class="numbered">
        <li>
          Open the link in a private window, as a visitor would.
          <CopyField id="link" label="Link" value={link.url} />
          <a
            class={facts.has_click ? "button" : "button primary"}
            href={link.url}
            target="_blank"
            rel="noopener noreferrer"
          >
            Open the link
          </a>
        </li>
        <li>
          Send a test sale with that click. It is signed as your checkout would sign it; if your checkout’s signature
          can’t be made here, it takes an endpoint for tests that is created now.
          <form method="post" action={programHref(program.slug, "/setup/test-sale")}>
            <FormKey />
            <FormFaults state={{ values: {}, problem }} fields={[]} />
            <input type="hidden" name="link" value={link.slug} />
            <input type="hidden" name="host" value={link.host} />
            <button type="submit" class={facts.has_click ? "primary" : ""}>
              Send a test sale
            </button>
          </form>
        </li>
      </ol>
    </section>
  );
}
