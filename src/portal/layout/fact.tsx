import type { Child } from "hono/jsx";

/** A label and its value, inside a `<dl class="facts">`. */
export function Fact({ label, children }: { label: string; children?: Child }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
