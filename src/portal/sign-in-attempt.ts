import { isPrefetch } from "../redirect/prefetch.ts";

/** What fetches a pasted address to draw a preview of it, long before the person who was sent it clicks. */
const PREVIEWERS =
  /slackbot|slack-imgproxy|whatsapp|telegrambot|twitterbot|facebookexternalhit|facebot|discordbot|linkedinbot|skypeuripreview|msteams|googleimageproxy|bingpreview/i;

/**
 * Whether a request for the sign-in address is a person's, and so may use up the token. A `prefetch` is thrown away and
 * asked for again; a `look` (HEAD, a chat's preview) only wants to see that something is there.
 */
export function judgeSignInAttempt(request: {
  method: string;
  /** `Sec-Purpose`, `Purpose` or `X-Moz`, whichever the browser sends. */
  purpose: string | null;
  user_agent: string | null;
}): "person" | "prefetch" | "look" {
  if (request.method !== "GET") return "look";
  if (isPrefetch(request.purpose)) return "prefetch";
  return request.user_agent !== null && PREVIEWERS.test(request.user_agent) ? "look" : "person";
}
