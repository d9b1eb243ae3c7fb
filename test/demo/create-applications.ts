/** The demo's application forms, and the applications that wait for a decision. */
import type { DemoApi } from "./demo-api.ts";

const CHANNELS = ["Blog", "YouTube", "Podcast", "Newsletter", "Social media"];

const FORMS: Readonly<Record<string, unknown>> = {
  orbit: {
    introduction: "We pay people who help small teams plan less and ship more.",
    questions: [
      { key: "channel", label: "Where will you promote Orbit?", type: "choice", required: true, options: CHANNELS },
      { key: "site", label: "Your site or channel", type: "url", help: "The main one.", required: true },
      { key: "audience", label: "Who is your audience?", type: "long_text" },
    ],
    terms_text: "Don’t bid on our name in ads.\n\nDon’t promise what the product can’t do.",
    review_days: 3,
    coupon_suffix: "10",
  },
  harvest: {
    questions: [
      {
        key: "topics",
        label: "What do you write about?",
        type: "multiple_choice",
        options: ["Food", "Garden", "Family"],
      },
    ],
    countries: ["DE", "AT", "CH"],
    terms_text: "Be honest about what you tried yourself.",
  },
};

const APPLICATIONS: readonly { program: string; body: unknown }[] = [
  {
    program: "orbit",
    body: {
      ...{ name: "Lena Fischer", email: "lena@studio.example", username: "lena", sponsor: "maya" },
      answers: {
        channel: "YouTube",
        site: "https://studio.example/lena",
        audience: "Founders of small agencies, about 12,000 of them.",
      },
    },
  },
  {
    program: "orbit",
    body: {
      ...{ name: "Victor Planas", email: "victor@planes.example", username: "victor-planas" },
      answers: { channel: "Newsletter", site: "https://planes.example/" },
    },
  },
  {
    program: "harvest",
    body: {
      ...{ name: "Anna Huber", email: "anna@kueche.example", username: "anna", country: "AT" },
      answers: { topics: ["Food", "Family"] },
    },
  },
];

/** Sets the forms, and enters the applications that don't exist yet. */
export async function createApplications(
  api: DemoApi,
  create: (path: string, body: unknown) => Promise<unknown>,
): Promise<void> {
  for (const [program, form] of Object.entries(FORMS)) {
    const { status, json } = await api.call("PUT", `/v1/programs/${program}/application`, form);
    if (status !== 200) throw new Error(`PUT application answered ${status}: ${JSON.stringify(json)}`);
  }
  for (const { program, body } of APPLICATIONS) await create(`/v1/programs/${program}/applications`, body);
}
