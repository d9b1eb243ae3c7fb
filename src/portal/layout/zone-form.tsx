import { useFormats } from "./reader.tsx";
import { listZones } from "./zones.ts";

export interface ZoneProps {
  /** The zone that was chosen, null for that of the browser. */
  chosen: string | null;
  /** Milliseconds since the epoch. */
  now: number;
  /** Why what was sent is no zone. */
  fault: string | null;
}

/** In which zone times are shown: as the browser says, or a chosen one. */
export function ZoneForm({ chosen, now, fault }: ZoneProps) {
  const formats = useFormats();
  return (
    <section class="card" aria-labelledby="zone-title">
      <h2 id="zone-title">Your time zone</h2>
      <p class="muted">
        Times on these pages are in this zone, in this browser: it is {formats.time(now)} now. Days are days of UTC, by
        which holds end and payouts are made.
      </p>
      <form method="post" action="/app/account/zone" class="fields">
        <div class="field">
          <label for="zone">Zone</label>
          <select
            id="zone"
            name="zone"
            aria-invalid={fault !== null && "true"}
            aria-describedby={fault !== null && "zone-fault"}
          >
            <option value="">What this browser says</option>
            {[...listZones()].map(([region, zones]) => (
              <optgroup label={region}>
                {zones.map(({ zone, name }) => (
                  <option value={zone} selected={zone === chosen}>
                    {name}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
          {fault !== null && (
            <span class="fault" id="zone-fault" role="alert">
              {fault}
            </span>
          )}
        </div>
        <div>
          <button type="submit">Use it</button>
        </div>
      </form>
    </section>
  );
}
