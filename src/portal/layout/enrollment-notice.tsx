import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";

const NOTICES: Record<AffiliateProgram["status"], string | null> = {
  approved: null,
  pending: "Your application is waiting for the merchant’s approval. Until then, your links don’t earn commission.",
  rejected: "Your application wasn’t accepted. Your links don’t earn commission in this program.",
  suspended: "Your enrollment is suspended. New sales don’t earn commission. Please contact the merchant.",
  left: "You left this program. New sales don’t earn commission. What you earned until then is still paid.",
  banned: "The merchant ended your enrollment. New sales don’t earn commission.",
};

/** Says that an enrollment isn't approved, with the merchant's reason. */
export function EnrollmentNotice({ program: { slug, status, reason, may_reapply } }: { program: AffiliateProgram }) {
  const notice = NOTICES[status];
  if (notice === null) return null;
  return (
    <div class="notice">
      <p>{notice}</p>
      {reason !== null && <p>The merchant’s reason: {reason}</p>}
      {(status === "left" || status === "rejected") && may_reapply && (
        <p>
          <a href={`/app/join/${slug}`}>{status === "left" ? "Join again" : "Apply again"}</a>
        </p>
      )}
    </div>
  );
}
