import { expect, test } from "vitest";
import { classifyDevice } from "../../src/redirect/device.ts";

const ANDROID = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0";
const IOS = "AppleWebKit/605.1.15 (KHTML, like Gecko)";

const cases: [string, string | null, string | null, "mobile" | "tablet" | "desktop"][] = [
  [
    "iPhone",
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) ${IOS} Mobile/15E148 Safari/604.1`,
    null,
    "mobile",
  ],
  ["Android phone", `Mozilla/5.0 (Linux; Android 10; K) ${ANDROID} Mobile Safari/537.36`, "?1", "mobile"],
  [
    "Android phone without the hint",
    `Mozilla/5.0 (Linux; Android 10; K) ${ANDROID} Mobile Safari/537.36`,
    null,
    "mobile",
  ],
  ["Firefox on a phone", "Mozilla/5.0 (Android 14; Mobile; rv:126.0) Gecko/126.0 Firefox/126.0", null, "mobile"],
  ["Opera Mini", "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16", null, "mobile"],
  [
    "a phone that requests the desktop site, by its hint",
    `Mozilla/5.0 (X11; Linux x86_64) ${ANDROID} Safari/537.36`,
    "?1",
    "mobile",
  ],

  ["Android tablet", `Mozilla/5.0 (Linux; Android 10; K) ${ANDROID} Safari/537.36`, "?0", "tablet"],
  [
    "Android tablet without the hint",
    `Mozilla/5.0 (Linux; Android 13; SM-X700) ${ANDROID} Safari/537.36`,
    null,
    "tablet",
  ],
  ["Firefox on a tablet", "Mozilla/5.0 (Android 14; Tablet; rv:126.0) Gecko/126.0 Firefox/126.0", null, "tablet"],
  [
    "Fire tablet",
    "Mozilla/5.0 (Linux; Android 11; KFTRWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/120.4 like Chrome/120.0 Safari/537.36",
    null,
    "tablet",
  ],
  [
    "iPad that identifies itself",
    `Mozilla/5.0 (iPad; CPU OS 15_6 like Mac OS X) ${IOS} Version/15.6 Mobile/15E148 Safari/604.1`,
    null,
    "tablet",
  ],
  [
    "an iPhone's app on an iPad",
    `Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) ${IOS} Mobile/21F90 Twitter for iPhone/10.55`,
    null,
    "tablet",
  ],
  [
    "iPad that requests desktop sites, detected as a Mac",
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${IOS} Version/17.5 Safari/605.1.15`,
    null,
    "desktop",
  ],

  ["Windows", `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${ANDROID} Safari/537.36`, "?0", "desktop"],
  [
    "Windows with a touchscreen",
    "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; Touch; Tablet PC 2.0; rv:11.0) like Gecko",
    null,
    "desktop",
  ],
  ["Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0", null, "desktop"],
  ["Chromebook", `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${ANDROID} Safari/537.36`, "?0", "desktop"],
  [
    "Samsung television",
    "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/538.1 (KHTML, like Gecko) Version/6.0 TV Safari/538.1",
    null,
    "desktop",
  ],
  [
    "LG television",
    "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0 Safari/537.36 WebAppManager",
    null,
    "desktop",
  ],
  ["Android television", `Mozilla/5.0 (Linux; Android 12; BRAVIA 4K VH2) ${ANDROID} Safari/537.36`, null, "desktop"],
  [
    "Chromecast",
    `Mozilla/5.0 (Linux; Android 12; Chromecast) ${ANDROID} Safari/537.36 CrKey/1.56.500000`,
    null,
    "desktop",
  ],
  [
    "Fire TV, whose web view contains Mobile",
    `Mozilla/5.0 (Linux; Android 9; AFTS Build/PS7; wv) ${ANDROID} Mobile Safari/537.36`,
    null,
    "desktop",
  ],
  ["no user agent", null, null, "desktop"],
  ["an empty user agent", " ", null, "desktop"],
  ["an unknown one", "curl/8.4.0", null, "desktop"],
  ["an odd hint", `Mozilla/5.0 (Windows NT 10.0) ${ANDROID} Safari/537.36`, "yes", "desktop"],
];

test.each(cases)("%s", (_, userAgent, mobileHint, device) => {
  expect(classifyDevice(userAgent, mobileHint)).toBe(device);
});
