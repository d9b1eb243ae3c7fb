import { useFormats } from "./formats-context.tsx";
import { listTimeZones } from "./time-zones.ts";

export interface TimeZoneFormProps {
  /** The chosen zone. Null uses the browser's. */
  chosen: string | null;
  /** Milliseconds since the epoch. */
  now: number;
  /** Why the submitted zone was rejected, or null. */
  error: string | null;
}

/** Selects the time zone for times on pages: the browser's or a chosen one. */
export function TimeZoneForm({ chosen, now, error }: TimeZoneFormProps) {
  const formats = useFormats();
  return (
    <section class="card" aria-labelledby="zone-title">
      <h2 id="zone-title">Time zone</h2>
      <p class="muted">
        Used for times on these pages, in this browser only. The time is now {formats.time(now)}. Days, hold periods and
        payouts always follow UTC.
      </p>
      <form method="post" action="/app/account/zone" class="fields">
        <div class="field">
          <label for="zone">Time zone</label>
          <select
            id="zone"
            name="zone"
            aria-invalid={error !== null && "true"}
            aria-describedby={error !== null && "zone-error"}
          >
            <option value="">Use my browser’s time zone</option>
            {[...listTimeZones()].map(([region, zones]) => (
              <optgroup label={region}>
                {zones.map(({ zone, name }) => (
                  <option value={zone} selected={zone === chosen}>
                    {name}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
          {error !== null && (
            <span class="fault" id="zone-error" role="alert">
              {error}
            </span>
          )}
        </div>
        <div>
          <button type="submit">Save</button>
        </div>
      </form>
    </section>
  );
}
