import type { Child } from "hono/jsx";

/** One fact of a list of them, a `dl` of the class `facts`: what it is, and what it is here. */
export function Fact({ label, children }: { label: string; children?: Child }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
