/** twitter-api-v2, against the gateway: `perch.mjs` is the one thing it needs. */

// README: the client
import { TwitterApi } from "twitter-api-v2";
import { perch } from "./perch.mjs";

const { env } = process;
const client = new TwitterApi(env.PERCH_KEY, perch(env.PERCH_URL)).v2;
// README: end

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { rejection, step, text, USER_ID, USERNAME, wrong } from "../steps.mjs";

const signing = new TwitterApi(
  {
    appKey: env.PERCH_CONSUMER_KEY,
    appSecret: env.PERCH_CONSUMER_SECRET,
    accessToken: env.PERCH_TOKEN,
    accessSecret: env.PERCH_TOKEN_SECRET,
  },
  perch(env.PERCH_URL),
).v2;

const PICTURE = new URL("../../../examples/perch.png", import.meta.url);
const ALT_TEXT = "A perch, über dem Wasser";
const ids = {};

const metrics = async () =>
  (await client.singleTweet(ids.tweet, { "tweet.fields": "public_metrics" })).data.public_metrics;

await step("who-am-i", async () => {
  const { data: me } = await client.me();
  assert.deepEqual([me.id, me.username], [USER_ID, USERNAME]);
});

await step("tweet", async () => {
  const { data: made } = await client.tweet(text("a tweet"));
  assert.equal(made.text, text("a tweet"));
  ids.tweet = made.id;
});

await step("reply", async () => {
  const { data: made } = await client.reply(text("a reply"), ids.tweet);
  ids.reply = made.id;
  const fields = { "tweet.fields": ["in_reply_to_user_id", "referenced_tweets"] };
  const { data: found } = await client.singleTweet(made.id, fields);
  assert.equal(found.in_reply_to_user_id, USER_ID);
  assert.deepEqual(found.referenced_tweets, [{ type: "replied_to", id: ids.tweet }]);
});

await step("look-up", async () => {
  const found = await client.singleTweet(ids.tweet, { expansions: ["author_id"] });
  assert.deepEqual([found.data.id, found.data.text], [ids.tweet, text("a tweet")]);
  assert.equal(found.includes.users[0].username, USERNAME);
});

await step("batch-look-up", async () => {
  const wanted = [ids.reply, ids.tweet];
  const { data: found } = await client.tweets(wanted);
  assert.deepEqual(found.map(({ id }) => id), wanted);
});

await step("timeline", async () => {
  for (let number = 0; number < 5; number += 1) await client.tweet(text(`for the timeline, ${number}`));
  const first = await client.userTimeline(USER_ID, { max_results: 5 });
  const second = await first.next();
  const seen = [first, second].map((page) => page.tweets.map(({ id }) => id));
  assert.equal(new Set(seen.flat()).size, 7);
  assert.deepEqual(seen[1], [ids.reply, ids.tweet]);
  assert.equal(second.done, true);
});

await step("like", async () => {
  assert.deepEqual((await client.like(USER_ID, ids.tweet)).data, { liked: true });
  assert.equal((await metrics()).like_count, 1);
});

await step("unlike", async () => {
  assert.deepEqual((await client.unlike(USER_ID, ids.tweet)).data, { liked: false });
  assert.equal((await metrics()).like_count, 0);
});

await step("repost", async () => {
  assert.equal((await client.retweet(USER_ID, ids.tweet)).data.retweeted, true);
  assert.equal((await metrics()).retweet_count, 1);
});

await step("undo-repost", async () => {
  assert.deepEqual((await client.unretweet(USER_ID, ids.tweet)).data, { retweeted: false });
  assert.equal((await metrics()).retweet_count, 0);
});

await step("bookmark", async () => {
  assert.deepEqual((await client.bookmark(ids.tweet)).data, { bookmarked: true });
  assert.deepEqual((await client.bookmarks()).tweets.map(({ id }) => id), [ids.tweet]);
});

await step("remove-bookmark", async () => {
  assert.deepEqual((await client.deleteBookmark(ids.tweet)).data, { bookmarked: false });
  assert.equal((await metrics()).bookmark_count, 0);
});

await step("media", async () => {
  // 4 KiB a piece, so that the picture goes in several.
  ids.media = await client.uploadMedia(await readFile(PICTURE), { media_type: "image/png" }, 4096);
  assert.match(ids.media, /^\d+$/);
});

await step("alt-text", async () => {
  const { data: made } = await client.createMediaMetadata(ids.media, { alt_text: { text: ALT_TEXT } });
  assert.equal(made.associated_metadata.alt_text.text, ALT_TEXT);
});

await step("media-tweet", async () => {
  const { data: made } = await client.tweet(text("with a picture"), { media: { media_ids: [ids.media] } });
  const { data: found } = await client.singleTweet(made.id, { "tweet.fields": "attachments" });
  assert.deepEqual(found.attachments.media_keys, [`3_${ids.media}`]);
});

await step("delete", async () => {
  assert.deepEqual((await client.deleteTweet(ids.reply)).data, { deleted: true });
});

await step("not-found", async () => {
  const { data, errors } = await client.singleTweet(ids.reply);
  assert.equal(data, undefined);
  assert.deepEqual([errors[0].title, errors[0].resource_id], ["Not Found Error", ids.reply]);
});

await step("invalid", async () => {
  const refusal = await rejection(client.tweet(""));
  assert.deepEqual([refusal.code, refusal.data.title, refusal.errors.length], [400, "Invalid Request", 1]);
});

await step("rate-limit", async () => {
  const { rateLimit } = await client.get("tweets/:id", {}, { params: { id: ids.tweet }, fullResponse: true });
  assert.ok(rateLimit.remaining >= 0 && rateLimit.remaining < rateLimit.limit);
  assert.ok(rateLimit.reset > 1_700_000_000);
});

await step("wrong-key", async () => {
  const stranger = new TwitterApi(wrong(env.PERCH_KEY), perch(env.PERCH_URL)).v2;
  const refusal = await rejection(stranger.me());
  assert.deepEqual([refusal.code, refusal.data.status], [401, 401]);
});

await step("signed-who-am-i", async () => {
  const { data: me } = await signing.me({ "user.fields": ["description", "public_metrics"] });
  assert.equal(me.id, USER_ID);
  assert.ok(me.public_metrics.followers_count >= 0);
});

await step("signed-tweet", async () => {
  const { data: made } = await signing.tweet(text("signed, 100% & more: ü"));
  assert.equal(made.text, text("signed, 100% &amp; more: ü")); // X shows it so
  ids.signed = made.id;
});

await step("signed-delete", async () => {
  assert.deepEqual((await signing.deleteTweet(ids.signed)).data, { deleted: true });
});
