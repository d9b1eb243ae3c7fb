/** An affiliate in a program. It names the enrollment, its account and its ledger. */
export interface AccountKey {
  program_id: number;
  affiliate_id: number;
}

/**
 * The statuses of enrollments. Only approved affiliates earn. An affiliate that left did so itself; one that is banned can't
 * apply again.
 */
export const ENROLLMENT_STATUSES = ["pending", "approved", "rejected", "suspended", "left", "banned"] as const;

/** A status of an enrollment. */
export type EnrollmentStatus = (typeof ENROLLMENT_STATUSES)[number];
