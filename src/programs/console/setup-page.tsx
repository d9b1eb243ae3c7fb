import { programHref } from "../../console/layout/navigation.ts";
import { Done, PageHead, Progress, StatusTag } from "../../console/layout/parts.tsx";
import type { SetupStep } from "./setup-steps.ts";

interface SetupProps {
  program: { slug: string; name: string };
  steps: readonly SetupStep[];
  /** The URL of a link to test with. */
  link: string | null;
  done: string | undefined;
}

/** The checklist of a new program. */
export function SetupPage({ program, steps, link, done }: SetupProps) {
  const path = programHref(program.slug, "/setup");
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
      <Done done={done} texts={{ created: "Program created." }} />
      {steps.map((step) => (
        <Step program={program.slug} path={path} step={step} link={link} />
      ))}
    </div>
  );
}

function Step(props: { program: string; path: string; step: SetupStep; link: string | null }) {
  const { program, path, step, link } = props;
  const { id, title, is_done, lines, next } = step;
  // Events arrive while somebody watches; the other steps change on their own pages.
  const isWaiting = !is_done && (id === "checkout" || id === "sale");
  const content = (
    <>
      <div class="card-head">
        <h2>{title}</h2>
        {is_done ? <StatusTag tone="good">Done</StatusTag> : <StatusTag tone="waiting">To do</StatusTag>}
      </div>
      <ul class="checklist">
        {lines.map((line) => (
          <li class={line.is_done ? "done" : "open"}>
            <span class="vh">{line.is_done ? "Done: " : "To do: "}</span>
            {line.text}
          </li>
        ))}
      </ul>
      <div class="actions">
        {id === "sale" && link !== null && !is_done && (
          <a class="button primary" href={link} target="_blank" rel="noopener noreferrer">
            Open a link
          </a>
        )}
        <a class={is_done ? "" : "button"} href={programHref(program, next.path)}>
          {next.label}
        </a>
      </div>
    </>
  );
  return isWaiting ? (
    <Progress id={id} path={path} is_running>
      {content}
    </Progress>
  ) : (
    <section class="card stack" id={id} aria-label={title}>
      {content}
    </section>
  );
}
