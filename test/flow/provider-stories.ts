/** A story of every provider: all events of one payment. */
import { PROCESSOR_STORIES } from "./stories/processors.ts";
import { SELLER_STORIES } from "./stories/sellers.ts";
import { SHOP_STORIES } from "./stories/shops.ts";
import type { ProviderStory } from "./stories/story.ts";
import { VARIANTS } from "./stories/variants.ts";

export const PROVIDER_STORIES: readonly ProviderStory[] = [
  ...PROCESSOR_STORIES,
  ...SELLER_STORIES,
  ...SHOP_STORIES,
  ...VARIANTS,
];

/** Providers without a story, with the reason. */
export const WITHOUT_STORY: Readonly<Record<string, string>> = {};
