/** The time zone of times on pages. */
import { describe, expect, test } from "vitest";
import { isTimeZone } from "../../../src/portal/layout/formats.ts";
import { listTimeZones } from "../../../src/portal/layout/time-zones.ts";
import { ORIGIN, send, setUp } from "../../support/story.ts";
import { signIn } from "../session.ts";

test("every listed time zone is valid, unique and has a name", () => {
  const zones = [...listTimeZones().values()].flat();
  expect(zones.length).toBeGreaterThan(400);
  expect(zones.filter(({ zone }) => !isTimeZone(zone))).toEqual([]);
  expect(new Set(zones.map(({ zone }) => zone)).size).toBe(zones.length);
  expect(zones.filter(({ name }) => name === "" || /[/_]/.test(name))).toEqual([]);
  expect([...listTimeZones().keys()].at(-1)).toBe("Other");
  expect(listTimeZones().get("Other")).toContainEqual({ zone: "UTC", name: "UTC" });
  expect(listTimeZones().get("Africa")).toContainEqual({ zone: "Africa/Cairo", name: "Cairo" });
});

describe("an affiliate", () => {
  const choose = async (cookie: string, zone: string) => {
    const response = await send("/app/account/zone", {
      method: "POST",
      headers: {
        ...{ Cookie: cookie, Origin: ORIGIN, "Sec-Fetch-Site": "same-origin" },
        "Content-Type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ zone }).toString(),
    });
    return { response, set: response.headers.get("set-cookie") ?? "" };
  };
  const open = async (cookie: string) => (await send("/app/account", { headers: { Cookie: cookie } })).text();
  const says = (html: string) => {
    const found = /Times are in ([^,]+) time, days in UTC|Days and times are in UTC/.exec(html);
    if (found === null) throw new Error("the page does not say which zone it is in");
    return found[1] ?? "UTC";
  };

  test("chooses a zone that overrides the browser's, and resets it", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const { cookie } = await signIn(a.username);
    const browser = `${cookie}; lc_zone=Europe/Berlin`;
    expect(says(await open(cookie))).toBe("UTC");
    expect(says(await open(browser))).toBe("Europe/Berlin");
    const { response, set } = await choose(browser, "America/New_York");
    expect([response.status, response.headers.get("location")]).toEqual([303, "/app/account?done=zone"]);
    expect(set).toMatch(/^lc_chosen_zone=.*; Path=\/app; HttpOnly; Secure; SameSite=Lax$/);
    const chosen = `${browser}; ${set.split(";")[0]}`;
    const html = await open(chosen);
    expect(says(html)).toBe("America/New York");
    expect(html).toMatch(/<option value="America\/New_York" selected/);
    expect((await choose(chosen, "")).set).toMatch(/^lc_chosen_zone=; Max-Age=0; Path=\/app/);
    expect(says(await open(browser))).toBe("Europe/Berlin");
  });

  test.each([
    "Mars/Olympus",
    "europe/berlin",
    "Etc/GMT+5",
    "../../etc",
    "Europe/Berlin\u0000",
    "x".repeat(100),
    "<script>",
  ])("gets an error for the zone %j", async (zone) => {
    const { a } = await setUp({ affiliates: 1 });
    const { cookie } = await signIn(a.username);
    const { response, set } = await choose(cookie, zone);
    expect([response.status, set]).toEqual([422, ""]);
  });

  test("gets the browser's zone if the chosen one is invalid", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const { cookie } = await signIn(a.username);
    expect(says(await open(`${cookie}; lc_chosen_zone=Mars; lc_zone=Asia/Tokyo`))).toBe("Asia/Tokyo");
  });
});
