"""tweepy, against the gateway: `perch.py` is the one thing it needs."""

# README: the client
import os

import tweepy
from perch import PerchAdapter

client = tweepy.Client(bearer_token=os.environ["PERCH_KEY"])
client.session.mount("https://api.twitter.com", PerchAdapter(os.environ["PERCH_URL"]))
# README: end

import base64
import sys
from pathlib import Path

import requests

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
from steps import KEY, URL, USER_ID, USERNAME, equal, raised, run, step, text, wrong  # noqa: E402

signing = tweepy.Client(
    consumer_key=os.environ["PERCH_CONSUMER_KEY"],
    consumer_secret=os.environ["PERCH_CONSUMER_SECRET"],
    access_token=os.environ["PERCH_TOKEN"],
    access_token_secret=os.environ["PERCH_TOKEN_SECRET"],
)
signing.session.mount("https://api.twitter.com", PerchAdapter(os.environ["PERCH_URL"]))

PICTURE = HERE.parents[2] / "examples/perch.png"
ids = {}


def create(words, **more):
    return client.create_tweet(text=words, user_auth=False, **more).data


def count(name):
    return client.get_tweet(ids["tweet"], tweet_fields=["public_metrics"]).data.public_metrics[name]


@step
def who_am_i():
    me = client.get_me(user_auth=False).data
    equal((str(me.id), me.username), (USER_ID, USERNAME))


@step
def tweet():
    words = text("a tweet")
    made = create(words)
    equal(made["text"], words)
    ids["tweet"] = made["id"]


@step
def reply():
    made = create(text("a reply"), in_reply_to_tweet_id=ids["tweet"])
    ids["reply"] = made["id"]
    found = client.get_tweet(made["id"], tweet_fields=["in_reply_to_user_id", "referenced_tweets"]).data
    equal(str(found.in_reply_to_user_id), USER_ID)
    equal(str(found.referenced_tweets[0].id), ids["tweet"])


@step
def look_up():
    found = client.get_tweet(ids["tweet"], expansions=["author_id"])
    equal((str(found.data.id), found.data.text), (ids["tweet"], text("a tweet")))
    equal(found.includes["users"][0].username, USERNAME)


@step
def batch_look_up():
    wanted = [ids["reply"], ids["tweet"]]
    equal([str(found.id) for found in client.get_tweets(wanted).data], wanted)


@step
def timeline():
    for number in range(5):
        create(text(f"for the timeline, {number}"))
    pages = tweepy.Paginator(client.get_users_tweets, USER_ID, max_results=5)
    seen = [[str(found.id) for found in page.data] for page in pages]
    equal([len(page) for page in seen], [5, 2])
    equal(set(seen[0]) & set(seen[1]), set())
    equal(seen[1], [ids["reply"], ids["tweet"]])


@step
def like():
    equal(client.like(ids["tweet"], user_auth=False).data, {"liked": True})
    equal(count("like_count"), 1)


@step
def unlike():
    equal(client.unlike(ids["tweet"], user_auth=False).data, {"liked": False})
    equal(count("like_count"), 0)


@step
def repost():
    equal(client.retweet(ids["tweet"], user_auth=False).data["retweeted"], True)
    equal(count("retweet_count"), 1)


@step
def undo_repost():
    equal(client.unretweet(ids["tweet"], user_auth=False).data, {"retweeted": False})
    equal(count("retweet_count"), 0)


@step
def bookmark():
    equal(client.bookmark(ids["tweet"]).data, {"bookmarked": True})
    equal([str(found.id) for found in client.get_bookmarks().data], [ids["tweet"]])


@step
def remove_bookmark():
    equal(client.remove_bookmark(ids["tweet"]).data, {"bookmarked": False})
    equal(count("bookmark_count"), 0)


@step
def media():
    # tweepy's own upload is the one of API v1.1. Its client sends any request, though.
    picture = base64.b64encode(PICTURE.read_bytes()).decode()
    body = {"media": picture, "media_category": "tweet_image"}
    made = client.request("POST", "/2/media/upload", json=body).json()["data"]
    equal(made["size"], PICTURE.stat().st_size)
    ids["media"] = made["id"]


@step
def alt_text():
    body = {"id": ids["media"], "metadata": {"alt_text": {"text": "A perch, über dem Wasser"}}}
    made = client.request("POST", "/2/media/metadata", json=body).json()["data"]
    equal(made["associated_metadata"]["alt_text"]["text"], "A perch, über dem Wasser")


@step
def media_tweet():
    made = create(text("with a picture"), media_ids=[ids["media"]])
    found = client.get_tweet(made["id"], tweet_fields=["attachments"]).data
    equal(found.attachments["media_keys"], [f"3_{ids['media']}"])


@step
def delete():
    equal(client.delete_tweet(ids["reply"], user_auth=False).data, {"deleted": True})


@step
def not_found():
    found = client.get_tweet(ids["reply"])
    equal(found.data, None)
    equal((found.errors[0]["title"], found.errors[0]["resource_id"]), ("Not Found Error", ids["reply"]))


@step
def invalid():
    refusal = raised(tweepy.BadRequest, lambda: create(""))
    equal(refusal.response.json()["title"], "Invalid Request")
    equal(len(refusal.api_messages), 1)


@step
def rate_limit():
    plain = tweepy.Client(bearer_token=KEY, return_type=requests.Response)
    plain.session.mount("https://api.twitter.com", PerchAdapter(URL))
    headers = plain.get_tweet(ids["tweet"]).headers
    limit, remaining, reset = (int(headers[f"x-rate-limit-{name}"]) for name in ("limit", "remaining", "reset"))
    equal((0 <= remaining < limit, reset > 1_700_000_000), (True, True))


@step
def wrong_key():
    stranger = tweepy.Client(bearer_token=wrong(KEY))
    stranger.session.mount("https://api.twitter.com", PerchAdapter(URL))
    refusal = raised(tweepy.Unauthorized, lambda: stranger.get_me(user_auth=False))
    equal(len(refusal.api_messages), 1)


@step
def signed_who_am_i():
    me = signing.get_me(user_fields=["description", "public_metrics"]).data
    equal((str(me.id), me.public_metrics["followers_count"] >= 0), (USER_ID, True))


@step
def signed_tweet():
    words = text("signed, 100% & more: ü")
    made = signing.create_tweet(text=words).data
    equal(made["text"], words.replace("&", "&amp;"))  # X shows it so
    ids["signed"] = made["id"]


@step
def signed_delete():
    equal(signing.delete_tweet(ids["signed"]).data, {"deleted": True})


sys.exit(run())
