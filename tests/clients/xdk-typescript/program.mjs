/** X's own SDK for TypeScript, against the gateway. It takes a base URL, so nothing else is needed. */

// README: the client
import { Client } from "@xdevplatform/xdk";

const { env } = process;
const client = new Client({ baseUrl: env.PERCH_URL, accessToken: env.PERCH_KEY });
// README: end

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { rejection, step, text, USER_ID, USERNAME, wrong } from "../steps.mjs";

import { OAuth1 } from "@xdevplatform/xdk";

const oauth1 = new OAuth1({
  apiKey: env.PERCH_CONSUMER_KEY,
  apiSecret: env.PERCH_CONSUMER_SECRET,
  accessToken: env.PERCH_TOKEN,
  accessTokenSecret: env.PERCH_TOKEN_SECRET,
});
const signing = new Client({ baseUrl: env.PERCH_URL, oauth1 });

const PICTURE = new URL("../../../examples/perch.png", import.meta.url);
const ALT_TEXT = "A perch, über dem Wasser";
const ids = {};

const create = async (words, more = {}) => (await client.posts.create({ text: words, ...more })).data;
const metrics = async () =>
  (await client.posts.getById(ids.tweet, { postFields: ["public_metrics"] })).data.publicMetrics;

await step("who-am-i", async () => {
  const { data: me } = await client.users.getMe();
  assert.deepEqual([me.id, me.username], [USER_ID, USERNAME]);
});

await step("tweet", async () => {
  const made = await create(text("a tweet"));
  assert.equal(made.text, text("a tweet"));
  ids.tweet = made.id;
});

await step("reply", async () => {
  const made = await create(text("a reply"), { reply: { inReplyToTweetId: ids.tweet } });
  ids.reply = made.id;
  const { data: found } = await client.posts.getById(made.id, { postFields: ["in_reply_to_user_id"] });
  assert.equal(found.inReplyToUserId, USER_ID);
});

await step("look-up", async () => {
  const found = await client.posts.getById(ids.tweet, { expansions: ["author_id"] });
  assert.deepEqual([found.data.id, found.data.text], [ids.tweet, text("a tweet")]);
  assert.equal(found.includes.users[0].username, USERNAME);
});

await step("batch-look-up", async () => {
  const wanted = [ids.reply, ids.tweet];
  const { data: found } = await client.posts.getByIds(wanted);
  assert.deepEqual(found.map(({ id }) => id), wanted);
});

await step("timeline", async () => {
  for (let number = 0; number < 5; number += 1) await create(text(`for the timeline, ${number}`));
  const first = await client.users.getPosts(USER_ID, { maxResults: 5 });
  const second = await client.users.getPosts(USER_ID, { maxResults: 5, paginationToken: first.meta.nextToken });
  const seen = [first, second].map((page) => page.data.map(({ id }) => id));
  assert.equal(new Set(seen.flat()).size, 7);
  assert.deepEqual(seen[1], [ids.reply, ids.tweet]);
  assert.equal(second.meta.nextToken, undefined);
});

await step("like", async () => {
  assert.deepEqual((await client.users.likePost(USER_ID, { tweetId: ids.tweet })).data, { liked: true });
  assert.equal((await metrics()).likeCount, 1);
});

await step("unlike", async () => {
  assert.deepEqual((await client.users.unlikePost(USER_ID, ids.tweet)).data, { liked: false });
  assert.equal((await metrics()).likeCount, 0);
});

await step("repost", async () => {
  assert.equal((await client.users.repostPost(USER_ID, { tweetId: ids.tweet })).data.retweeted, true);
  assert.equal((await metrics()).repostCount, 1);
});

await step("undo-repost", async () => {
  assert.deepEqual((await client.users.unrepostPost(USER_ID, ids.tweet)).data, { retweeted: false });
  assert.equal((await metrics()).repostCount, 0);
});

await step("bookmark", async () => {
  assert.deepEqual((await client.users.createBookmark(USER_ID, { tweetId: ids.tweet })).data, { bookmarked: true });
  const { data: found } = await client.users.getBookmarks(USER_ID);
  assert.deepEqual(found.map(({ id }) => id), [ids.tweet]);
});

await step("remove-bookmark", async () => {
  assert.deepEqual((await client.users.deleteBookmark(USER_ID, ids.tweet)).data, { bookmarked: false });
  assert.equal((await metrics()).bookmarkCount, 0);
});

await step("media", async () => {
  const picture = await readFile(PICTURE);
  const body = { media: picture.toString("base64"), mediaCategory: "tweet_image" };
  const { data: made } = await client.media.upload(body);
  assert.equal(made.size, picture.length);
  ids.media = made.id;
});

await step("alt-text", async () => {
  const body = { id: ids.media, metadata: { altText: { text: ALT_TEXT } } };
  const { data: made } = await client.media.createMetadata(body);
  assert.equal(made.associatedMetadata.altText.text, ALT_TEXT);
});

await step("media-tweet", async () => {
  const made = await create(text("with a picture"), { media: { mediaIds: [ids.media] } });
  const { data: found } = await client.posts.getById(made.id, { postFields: ["attachments"] });
  assert.deepEqual(found.attachments.mediaKeys, [`3_${ids.media}`]);
});

await step("delete", async () => {
  assert.deepEqual((await client.posts.delete(ids.reply)).data, { deleted: true });
});

await step("not-found", async () => {
  const { data, errors } = await client.posts.getById(ids.reply);
  assert.equal(data, undefined);
  assert.deepEqual([errors[0].title, errors[0].resourceId], ["Not Found Error", ids.reply]);
});

await step("invalid", async () => {
  const refusal = await rejection(create(""));
  assert.deepEqual([refusal.status, refusal.data.title], [400, "Invalid Request"]);
});

await step("rate-limit", async () => {
  const { headers } = await client.posts.getById(ids.tweet, { requestOptions: { raw: true } });
  const [limit, remaining, reset] = ["limit", "remaining", "reset"].map((name) =>
    Number(headers.get(`x-rate-limit-${name}`)),
  );
  assert.ok(remaining >= 0 && remaining < limit);
  assert.ok(reset > 1_700_000_000);
});

await step("wrong-key", async () => {
  const stranger = new Client({ baseUrl: env.PERCH_URL, accessToken: wrong(env.PERCH_KEY) });
  const refusal = await rejection(stranger.users.getMe());
  assert.deepEqual([refusal.status, refusal.data.status], [401, 401]);
});

await step("signed-who-am-i", async () => {
  const { data: me } = await signing.users.getMe({ userFields: ["description", "public_metrics"] });
  assert.equal(me.id, USER_ID);
  assert.ok(me.publicMetrics.followersCount >= 0);
});

await step("signed-tweet", async () => {
  const { data: made } = await signing.posts.create({ text: text("signed, 100% & more: ü") });
  assert.equal(made.text, text("signed, 100% &amp; more: ü")); // X shows it so
  ids.signed = made.id;
});

await step("signed-delete", async () => {
  assert.deepEqual((await signing.posts.delete(ids.signed)).data, { deleted: true });
});
