import crawlers from "crawler-user-agents";
import { isbotMatch } from "isbot";
import UserAgent from "user-agents";
import { expect, test } from "vitest";
import { findBotName } from "../../../src/redirect/verdict/bots.ts";

const WINDOWS =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
const ANDROID =
  "Mozilla/5.0 (Linux; Android 13; SM-S911B Build/TP1A.220624.014; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.6099.43 Mobile Safari/537.36";
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";

const people: [string, string][] = [
  ["Chrome", WINDOWS],
  ["an old Internet Explorer", "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)"],
  ["Firefox", "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0"],
  ["Opera Mini", "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16"],
  [
    "UC on an old handset",
    "UCWEB/2.0 (MIDP-2.0; U; Adr 4.4.2; en-US; SM-G313HU) U2/1.0.0 UCBrowser/10.7.9.856 U2/1.0.0 Mobile",
  ],
  ["a PlayStation 3", "Mozilla/5.0 (PLAYSTATION 3; 3.55)"],
  ["a web view", ANDROID],
  ["an app on the home screen", IPHONE],
  [
    "Instagram, Android",
    `${ANDROID} Instagram 312.1.0.34.111 Android (33/13; 480dpi; 1080x2106; samsung; SM-S911B; dm1q; qcom; en_US; 548323757)`,
  ],
  [
    "Instagram, iPhone",
    `${IPHONE} Instagram 330.0.3.29.91 (iPhone14,3; iOS 17_5; en_IR@calendar=gregorian; en; scale=3.00; 1125x2436; 595323416)`,
  ],
  ["Facebook, Android", `${ANDROID} [FB_IAB/FB4A;FBAV/443.0.0.23.229;]`],
  [
    "Facebook, iPhone",
    `${IPHONE} [FBAN/FBIOS;FBAV/443.0.0.33.106;FBBV/549084549;FBDV/iPhone15,2;FBSN/iOS;FBID/phone;FBLC/en_US;FBOP/5]`,
  ],
  [
    "Facebook, without a browser's name",
    "[FBAN/FB4A;FBAV/567.1.0.52.74;FBBV/1003893689;FBLC/nl_NL;FBCR/NL KPN;FBPN/com.facebook.katana;FBDV/SM-S921B;FBSV/16;FBCA/arm64-v8a:;]",
  ],
  ["Facebook's newest", `${ANDROID} MetaIAB Facebook`],
  ["Threads", `${IPHONE} Barcelona 340.0.0.35.109`],
  [
    "TikTok, iPhone",
    `${IPHONE} musical_ly_32.5.0 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/en Region/US BytedanceWebview/d8a21c6`,
  ],
  [
    "TikTok, Android",
    `${ANDROID} trill_2022805040 JsSdk/1.0 NetType/WIFI Channel/googleplay AppName/trill app_version/28.5.4 ByteLocale/en BytedanceWebview/d8a21c6`,
  ],
  ["Snapchat, Android", `${ANDROID} Snapchat/12.87.0.44 (RMX2001; Android 11#1647528410731#30; gzip; )`],
  ["Snapchat, iPhone", `${IPHONE} Snapchat/12.62.0.37 (like Safari/8617.1.17.10.9, panda)`],
  ["Pinterest", `${IPHONE} [Pinterest/iOS]`],
  ["LinkedIn", `${IPHONE} [LinkedInApp]/9.29.7523`],
  ["X", `${IPHONE} Twitter for iPhone/10.55`],
  ["Line", `${ANDROID} Line/13.20.1/IAB`],
  ["WeChat", `${IPHONE} MicroMessenger/8.0.43(0x18002b2f) NetType/WIFI Language/zh_CN`],
  ["KakaoTalk", `${ANDROID} KAKAOTALK 10.4.3`],
  ["Naver", `${IPHONE} Safari/605.1 NAVER(inapp; search; 2000; 12.3.6; 14PRO)`],
  ["Google's app", `${IPHONE} GSA/292.0.588 Safari/604.1`],
  ["Gemini", `${IPHONE} GoogleWv/1.0 (WKWebView) GeminiiOS/1.2026.2270600`],
  ["Gmail", `${IPHONE} Gmail/6.0`],
  [
    "DuckDuckGo",
    "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.0.0 Mobile DuckDuckGo/5 Safari/537.36",
  ],
  ["Bing's news app", `${IPHONE} Safari/605.1.15 NewsSapphire/1.0.420507003`],
  ["SmartNews", `${IPHONE} SmartNews/24.5.0`],
  ["NewsBreak", `${ANDROID} newsbreak/19.2.3`],
  ["Toutiao", `${IPHONE} NewsArticle/5.9.5.4 JsSdk/2.0 NetType/WIFI (News 5.9.5 10.200000)`],
  ["Sogou's browser", `${IPHONE} SogouMobileBrowser/5.11.10`],
  [
    "a Cubot phone",
    "Mozilla/5.0 (Linux; Android 9; CUBOT_X18_Plus) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",
  ],
  [
    "a Cubot phone with the name twice",
    "Mozilla/5.0 (Linux; Android 4.4.2; CUBOT S208 Build/CUBOT) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/81.0.0.0 Mobile Safari/537.36",
  ],
  [
    "an HTC Radar",
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows Phone OS 7.5; Trident/5.0; IEMobile/9.0; HTC; Radar C110e)",
  ],
  [
    "a link in Word or Excel",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; .NET4.0C; .NET4.0E; ms-office)",
  ],
  ["a desktop app", WINDOWS.replace("Chrome/", "Slack/4.35.126 Chrome/").replace("Safari/", "Electron/28.0.0 Safari/")],
];

test.each(people)("a person: %s", (_, userAgent) => {
  expect(findBotName(userAgent)).toBeNull();
});

const bots: [string | null, string][] = [
  [null, "empty user agent"],
  ["", "empty user agent"],
  [" \t", "empty user agent"],
  // Link previews
  ["Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "Slackbot-LinkExpanding"],
  ["Slack-ImgProxy (+https://api.slack.com/robots)", "Slack-ImgProxy"],
  ["Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", "Discordbot"],
  ["WhatsApp/2.23.20.0 A", "WhatsApp"],
  ["TelegramBot (like TwitterBot)", "TelegramBot"],
  ["facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "facebookexternalhit"],
  ["facebookexternalhit/1.1;line-poker/1.0", "facebookexternalhit"],
  ["facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/t/scrap/33984", "facebookexternalhit"],
  ["meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)", "meta-externalagent"],
  ["Twitterbot/1.0", "Twitterbot"],
  ["LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)", "LinkedInBot"],
  [
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    "SkypeUriPreview",
  ],
  ["Google-PageRenderer Google (+https://developers.google.com/+/web/snippet/)", "Google-PageRenderer Google"],
  ["Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b", "BingPreview"],
  ["Snap URL Preview Service; bot; snapchat; https://developers.snap.com/robots", "Snap URL Preview Service"],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "facebookexternalhit",
  ],
  ["Mozilla/5.0 (compatible; redditbot/1.0; +http://www.reddit.com/feedback)", "redditbot"],
  ["Mozilla/5.0 (compatible; Pinterestbot/1.0; +http://www.pinterest.com/bot.html)", "Pinterestbot"],
  ["Iframely/1.3.1 (+https://iframely.com/docs/about)", "Iframely"],
  ["http.rb/5.1.1 (Mastodon/4.2.1; +https://mastodon.social/)", "http.rb"],
  // Search, language models, SEO
  [`${IPHONE} Safari/604.1 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`, "Googlebot"],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1.1 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)",
    "Applebot",
  ],
  ["Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", "GPTBot"],
  [
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
    "ClaudeBot",
  ],
  [
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)",
    "PerplexityBot",
  ],
  [
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0; +https://openai.com/bot",
    "ChatGPT-User",
  ],
  ["Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "AhrefsBot"],
  ["Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)", "SemrushBot"],
  [
    `${ANDROID} (compatible; Google-Read-Aloud; +https://support.google.com/webmasters/answer/1061943)`,
    "Google-Read-Aloud",
  ],
  // Headless browsers and page testers
  [WINDOWS.replace("Chrome/", "HeadlessChrome/"), "HeadlessChrome"],
  [
    "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1",
    "PhantomJS",
  ],
  [`${ANDROID} Chrome-Lighthouse`, "Chrome-Lighthouse"],
  [`${WINDOWS} GTmetrix`, "GTmetrix"],
  [
    "Mozilla/5.0 (X11; Linux x86_64) Miniature.io/6.0 AppleWebKit/537.36 (KHTML, like Gecko) QtWebEngine/5.12.4 Chrome/69.0.3497.128 Safari/537.36",
    "Miniature.io",
  ],
  // Programs
  ["curl/8.4.0", "curl"],
  ["Wget/1.20 (linux-gnu)", "Wget"],
  ["python-requests/2.31.0", "python-requests"],
  ["Python/3.11 aiohttp/3.9.1", "Python"],
  ["Go-http-client/2.0", "Go-http-client"],
  ["okhttp/4.12.0", "okhttp"],
  ["axios/1.6.2", "axios"],
  ["node", "node"],
  ["Java/17.0.1", "Java"],
  ["Apache-HttpClient/4.5.13 (Java/11.0.20)", "Apache-HttpClient"],
  ["libwww-perl/6.72", "libwww-perl"],
  ["Dart/3.1 (dart:io)", "Dart"],
  ["Dalvik/2.1.0 (Linux; U; Android 13; SM-S911B Build/TP1A.220624.014)", "Dalvik"],
  ["MobileSafari/8617 CFNetwork/1474 Darwin/23.0.0", "MobileSafari"],
  ["SampleApp/1.0 (com.example; build:1; iOS 17.0.0) Alamofire/5.8", "SampleApp"],
  ["Mozilla/5.0 (Windows NT; Windows NT 10.0; de-DE) WindowsPowerShell/5.1.19041", "PowerShell"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"],
  ["SmartNews/24.5.0", "SmartNews"],
  // Email and security scanners that identify themselves
  ["Barracuda Sentinel (EE)", "Barracuda Sentinel"],
  [`${WINDOWS} Proofpoint`, "Proofpoint"],
  ["Mozilla/5.0 (compatible; Mimecast)", "Mimecast"],
  ["Mozilla/4.0 (compatible; ms-office; MSOffice 16)", "ms-office"],
  ["Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0; Pro)", "Microsoft Office"],
  ["Google-Safety", "Google-Safety"],
  ["virustotalcloud; gzip(gfe)", "virustotalcloud"],
  ["Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", "GoogleImageProxy"],
];

test.each(bots)("a bot: %s", (userAgent, name) => {
  expect(findBotName(userAgent)).toContain(name);
});

test("a bot with a person's app in its user agent is a bot", () => {
  expect(findBotName(`${ANDROID} SmartNews/24.5.0 Googlebot/2.1`)).toBe("Googlebot");
});

test("only the beginning of a long user agent is examined", () => {
  const padded = WINDOWS.padEnd(512, " x");
  expect(findBotName(`${padded} Googlebot/2.1`)).toBeNull();
  expect(findBotName(`Googlebot/2.1 ${padded}`)).toBe("Googlebot");
});

test("a bot's name is short for any user agent", () => {
  const hostile = [
    "a".repeat(512),
    "bot".repeat(170),
    "@".repeat(400),
    "a/1.0".repeat(100),
    `Mozilla/5.0 (${"(".repeat(400)}`,
  ];
  for (const userAgent of hostile) expect((findBotName(userAgent) ?? "").length).toBeLessThanOrEqual(60);
});

test("verdicts stay correct with more user agents than are memoized", () => {
  const verdict = (index: number) => [findBotName(`${WINDOWS} Tab/${index}`), findBotName(`Testbot/${index}`)];
  for (let round = 0; round < 2; round++) {
    for (let index = 0; index < 1_500; index++) expect(verdict(index)).toEqual([null, "Testbot"]);
  }
});

/** People listed as bots: in-app browsers of Instagram and Facebook, browsers in editors, and a browser for one site. */
const PEOPLE_AMONG_CRAWLERS = [/Instagram 406/, /MetaIAB Facebook/, / Code\/1\.115/, / Trae\/1\.107/, / Fluid\/0\.9/];

test("every bot of crawler-user-agents is recognized, except the people listed there", () => {
  const instances = crawlers.flatMap((crawler) => crawler.instances);
  const missed = instances.filter((userAgent) => findBotName(userAgent) === null);
  expect(instances.length).toBe(2_118);
  expect(missed.length).toBe(PEOPLE_AMONG_CRAWLERS.length);
  for (const person of PEOPLE_AMONG_CRAWLERS) expect(missed.some((userAgent) => person.test(userAgent))).toBe(true);
  expect(instances.filter((userAgent) => isbotMatch(userAgent) === null).length).toBe(9);
});

test("no person of user-agents is recognized as a bot", async () => {
  const userAgents = new Set(UserAgent.top().map(({ userAgent }) => userAgent));
  expect(userAgents.size).toBe(952);
  expect([...userAgents].filter((userAgent) => findBotName(userAgent) !== null)).toEqual([]);
});
