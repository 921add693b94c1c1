/**
 * The steps of a client's program: they run in the order they are written, each says in one line of JSON how it went.
 *
 *     await step("who-am-i", async () => { … });
 *
 * prints `{"step":"who-am-i","ok":true,"ms":12}`, or `"ok":false` with an `"error"` in which no secret stands. A step that
 * fails makes the program exit with 1; those after it run all the same.
 */

import { randomBytes } from "node:crypto";

const { env } = process;
const SECRETS = ["PERCH_KEY", "PERCH_CONSUMER_SECRET", "PERCH_TOKEN", "PERCH_TOKEN_SECRET"];

/** X refuses the same text twice, so each run has its own. */
const RUN = randomBytes(4).toString("hex");

/** What the runner tells a program about the account it acts for. */
export const USER_ID = env.PERCH_USER_ID;
export const USERNAME = env.PERCH_USERNAME;

/** Runs one step and reports it. */
export async function step(name, work) {
  const started = performance.now();
  const outcome = await work().then(
    () => ({ ok: true }),
    (error) => ({ ok: false, error: withoutSecrets(`${error.name}: ${error.message}`) }),
  );
  if (!outcome.ok) process.exitCode = 1;
  console.log(JSON.stringify({ step: name, ...outcome, ms: Math.round(performance.now() - started) }));
}

/** A text that no other run has tweeted. */
export const text = (about) => `${about} (${RUN})`;

/** `key` with another last character. */
export const wrong = (key) => key.slice(0, -1) + (key.endsWith("a") ? "b" : "a");

/** What the promise is rejected with; fails if it is fulfilled. */
export async function rejection(promise) {
  const answer = await promise.then(() => "an answer", (error) => error);
  if (answer instanceof Error) return answer;
  throw new Error(`no error but ${answer}`);
}

const withoutSecrets = (words) =>
  SECRETS.reduce((clean, name) => (env[name] ? clean.replaceAll(env[name], `<${name}>`) : clean), words);
