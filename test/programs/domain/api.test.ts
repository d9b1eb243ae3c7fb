/** The check of a program's link domain and cookie. */
import { afterEach, expect, test, vi } from "vitest";
import { judgeHosts } from "../../../src/programs/domain/judge-domain.ts";
import { admin, setUp } from "../../support/story.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("a cookie reaches the hosts in its domain, and only those", () => {
  const hosts = ["example.com", "shop.example.com:8443", "badexample.com", "shop.other.com"];
  const judge = (link_host: string, cookie_domain: string | null) =>
    judgeHosts({ link_host, cookie_domain }, hosts).map((host) => [host.reads_cookie, host.is_same_site]);
  expect(judge("go.example.com", "example.com")).toEqual([
    [true, true],
    [true, true],
    [false, false],
    [false, false],
  ]);
  expect(judge("shop.example.com", null).map(([reads]) => reads)).toEqual([false, true, false, false]);
  // Two users' sites below a private suffix are two sites.
  expect(judgeHosts({ link_host: "a.github.io", cookie_domain: null }, ["b.github.io"])).toEqual([
    { host: "b.github.io", reads_cookie: false, is_same_site: false },
  ]);
});

test("the link domain answers if this service does", async () => {
  const { program } = await setUp({ program: { redirect_host: "links.shop.example" } });
  const check = async (query = "?fresh=true") => (await admin("GET", `/v1/programs/${program}/domain${query}`)).json;
  const asked: string[] = [];
  let answer = () => Response.json({ status: "ok", checks: {} });
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    asked.push(new Request(input as RequestInfo).url);
    return answer();
  });
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(await check()).toMatchObject({ link_host: "links.shop.example", answers: true });
  expect(asked).toEqual(["https://links.shop.example/healthz"]);
  answer = () => new Response("A page of another server");
  expect(await check("")).toMatchObject({ answers: true });
  expect(await check()).toMatchObject({ answers: false });
  expect(await check("")).toMatchObject({ answers: false });
  expect(asked).toHaveLength(2);
  answer = () => {
    throw new Error("no such host");
  };
  expect(await check()).toMatchObject({ answers: false });
  const shared = await setUp();
  const { json } = await admin("GET", `/v1/programs/${shared.program}/domain`);
  expect(json).toMatchObject({ link_host: "go.example.com", answers: true, cookie_domain: null });
  expect(asked).toHaveLength(3);
});
